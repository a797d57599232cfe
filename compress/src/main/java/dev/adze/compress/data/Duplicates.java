package dev.adze.compress.data;

/**
 * Finds channels that tell nothing which an earlier one has not told: equal bit for bit, missing values included, or
 * correlated by more than {@value #SAME}.
 */
final class Duplicates {
    static final double SAME = 0.9999;
    /** Pairs are first compared on so many rows, spread evenly; only near ones on all. */
    private static final int SAMPLE = 10_000;

    private final SensorRecording recording;

    Duplicates(SensorRecording recording) {
        this.recording = recording;
    }

    /** An earlier channel and the correlation with it. */
    record Match(int channel, double correlation) {}

    /** The first earlier channel that says the same, or null. */
    Match of(int channel) {
        int stride = Math.max(1, recording.rowCount() / SAMPLE);
        for (int other = 0; other < channel; other++) {
            if (stride > 1 && Math.abs(correlation(other, channel, stride)) < SAME - 0.01) {
                continue;
            }
            double r = equal(other, channel) ? 1 : correlation(other, channel, 1);
            if (Math.abs(r) > SAME) {
                return new Match(other, r);
            }
        }
        return null;
    }

    private boolean equal(int a, int b) {
        for (int row = 0; row < recording.rowCount(); row++) {
            if (Float.compare(recording.value(a, row), recording.value(b, row)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Pearson's correlation over rows in which both have a value; 0 if fewer than three or one of them rests. */
    private double correlation(int a, int b, int stride) {
        double meanA = 0;
        double meanB = 0;
        double squaresA = 0;
        double squaresB = 0;
        double products = 0;
        int n = 0;
        for (int row = 0; row < recording.rowCount(); row += stride) {
            double x = recording.value(a, row);
            double y = recording.value(b, row);
            if (Double.isNaN(x) || Double.isNaN(y)) {
                continue;
            }
            n++;
            double dx = x - meanA;
            double dy = y - meanB;
            meanA += dx / n;
            meanB += dy / n;
            squaresA += dx * (x - meanA);
            squaresB += dy * (y - meanB);
            products += dx * (y - meanB);
        }
        double size = Math.sqrt(squaresA) * Math.sqrt(squaresB);
        return n < 3 || !(size > 0) ? 0 : Math.clamp(products / size, -1, 1);
    }
}
