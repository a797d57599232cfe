package dev.adze.compress.advise;

import dev.adze.compress.data.Series;
import java.util.List;

/**
 * Conditional mutual information {@code I(x(t - lag); y(t) | z(t))} in bits, from counts in bins, less the mean of an
 * estimate from as many samples of independent values (Miller 1955).
 */
final class Information {
    private Information() {}

    /**
     * @param shift rows that x is turned round by, within each series: 0 for what is, more for a surrogate that keeps how x
     *              depends on itself and not how it goes with y
     */
    static double bits(Binned x, Binned y, Binned z, List<Series> series, int lag, int shift) {
        int[] counts = new int[x.count() * y.count() * z.count()];
        int n = 0;
        for (Series s : series) {
            int rows = s.rowCount();
            for (int t = lag; t < rows; t++) {
                int past = shift == 0 ? t - lag : (t - lag + shift) % rows;
                int a = x.bins()[s.startRow() + past];
                int b = y.bins()[s.startRow() + t];
                int c = z.bins()[s.startRow() + t];
                if (a >= 0 && b >= 0 && c >= 0) {
                    counts[(c * y.count() + b) * x.count() + a]++;
                    n++;
                }
            }
        }
        return n == 0 ? 0 : bits(counts, x.count(), y.count(), z.count(), n);
    }

    private static double bits(int[] counts, int nx, int ny, int nz, int n) {
        double nats = 0;
        int freedom = 0;
        for (int c = 0; c < nz; c++) {
            int[] ofX = new int[nx];
            int[] ofY = new int[ny];
            int all = 0;
            for (int b = 0; b < ny; b++) {
                for (int a = 0; a < nx; a++) {
                    int count = counts[(c * ny + b) * nx + a];
                    ofX[a] += count;
                    ofY[b] += count;
                    all += count;
                }
            }
            int usedX = 0;
            int usedY = 0;
            for (int a = 0; a < nx; a++) {
                usedX += ofX[a] > 0 ? 1 : 0;
            }
            for (int b = 0; b < ny; b++) {
                usedY += ofY[b] > 0 ? 1 : 0;
                for (int a = 0; a < nx; a++) {
                    double count = counts[(c * ny + b) * nx + a];
                    nats += count == 0 ? 0 : count / n * Math.log(count * all / ((double) ofX[a] * ofY[b]));
                }
            }
            freedom += Math.max(0, usedX - 1) * Math.max(0, usedY - 1);
        }
        return Math.max(0, (nats - freedom / (2.0 * n)) / Math.log(2));
    }
}
