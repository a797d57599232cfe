package dev.adze.compress.report.chart;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Round numbers for an axis. Linear steps are 1, 2 or 5 times a power of ten, computed in decimals so that 0.3 is
 * 0.3; logarithmic axes get powers of ten, or 1-2-5 where the range is short, or linear steps where it is shorter yet.
 */
public final class Ticks {
    /** Ranges are cut off here, so that a tick beyond the data is still a double. */
    private static final double LARGEST = 1e200;
    /** Nothing positive under this is told from zero, for the same reason. */
    private static final double SMALLEST = 1e-200;
    /** A range narrower than this part of its magnitude is treated as a point: doubles have no finer steps to show. */
    private static final double NARROWEST = 1e-9;

    private Ticks() {}

    /** A range with finite, distinct ends: swapped ends are put in order, points widened, NaN replaced by [0, 1]. */
    static double[] sane(double low, double high) {
        if (Double.isNaN(low) || Double.isNaN(high)) {
            return new double[] {0, 1};
        }
        double a = Math.clamp(Math.min(low, high), -LARGEST, LARGEST);
        double b = Math.clamp(Math.max(low, high), -LARGEST, LARGEST);
        double magnitude = Math.max(Math.abs(a), Math.abs(b));
        if (b - a <= magnitude * NARROWEST) {
            double half = magnitude < SMALLEST ? 0.5 : magnitude * 0.1;
            return new double[] {a - half, b + half};
        }
        return b - a < SMALLEST ? new double[] {a - 0.5, b + 0.5} : new double[] {a, b};
    }

    /** The same for a logarithmic axis: positive ends; what is not positive is cut off at 1e-6 of the upper end. */
    static double[] sanePositive(double low, double high) {
        double[] range = sane(low, high);
        if (!(range[1] > SMALLEST)) {
            return new double[] {1e-6, 1};
        }
        double b = range[1];
        double a = range[0] > SMALLEST ? range[0] : Math.max(b * 1e-6, SMALLEST);
        return a < b ? new double[] {a, b} : new double[] {b / 2, b * 2};
    }

    /** 3 to {@code max} ticks whose first is at most {@code low} and last at least {@code high}; {@code max} from 6. */
    public static double[] covering(double low, double high, int max) {
        double[] range = sane(low, high);
        return linear(range[0], range[1], max, true);
    }

    /** At most {@code max} ticks inside the range; at least one unless the range lies between two. */
    static double[] within(double low, double high, int max) {
        double[] range = sane(low, high);
        return linear(range[0], range[1], max, false);
    }

    private static double[] linear(double low, double high, int max, boolean cover) {
        // Start a decade under the smallest step that could do, then coarsen until few enough ticks are left.
        int exponent = (int) Math.floor(Math.log10((high - low) / max)) - 1;
        while (true) {
            for (int mantissa : new int[] {1, 2, 5}) {
                BigDecimal step = BigDecimal.valueOf(mantissa).scaleByPowerOfTen(exponent);
                BigInteger first = index(low, step, !cover);
                BigInteger last = index(high, step, cover);
                if (last.subtract(first).compareTo(BigInteger.valueOf(max)) < 0) {
                    return multiples(first, last, step);
                }
            }
            exponent++;
        }
    }

    private static BigInteger index(double value, BigDecimal step, boolean up) {
        BigDecimal[] parts = new BigDecimal(value).divideAndRemainder(step);
        BigInteger whole = parts[0].toBigInteger();
        int rest = parts[1].signum();
        return up && rest > 0 ? whole.add(BigInteger.ONE) : !up && rest < 0 ? whole.subtract(BigInteger.ONE) : whole;
    }

    private static double[] multiples(BigInteger first, BigInteger last, BigDecimal step) {
        List<Double> ticks = new ArrayList<>();
        for (BigInteger i = first; i.compareTo(last) <= 0; i = i.add(BigInteger.ONE)) {
            ticks.add(new BigDecimal(i).multiply(step).doubleValue());
        }
        return ticks.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** As {@link #covering}, for a logarithmic axis. */
    public static double[] coveringLog(double low, double high, int max) {
        double[] range = sanePositive(low, high);
        int first = floorLog(range[0]);
        int last = ceilLog(range[1]);
        double[] fine = last - first < 3 ? oneTwoFive(range[0], range[1], first, last) : new double[0];
        if (fine.length >= 3 && fine.length <= max) {
            return fine;
        }
        return last - first >= 2 ? decades(first, last, max) : linear(range[0], range[1], max, true);
    }

    private static double[] decades(int first, int last, int max) {
        int every = 1;
        while (Math.ceilDiv(last, every) - Math.floorDiv(first, every) >= max) {
            every++;
        }
        List<Double> ticks = new ArrayList<>();
        for (int i = Math.floorDiv(first, every); i <= Math.ceilDiv(last, every); i++) {
            ticks.add(power(i * every));
        }
        return ticks.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] oneTwoFive(double low, double high, int first, int last) {
        List<Double> all = new ArrayList<>();
        for (int k = first; k <= last; k++) {
            for (int mantissa : new int[] {1, 2, 5}) {
                all.add(BigDecimal.valueOf(mantissa).scaleByPowerOfTen(k).doubleValue());
            }
        }
        int from = 0;
        while (from + 1 < all.size() && all.get(from + 1) <= low) {
            from++;
        }
        int to = all.size() - 1;
        while (to > 0 && all.get(to - 1) >= high) {
            to--;
        }
        return all.subList(from, to + 1).stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static int floorLog(double value) {
        int k = (int) Math.floor(Math.log10(value));
        return power(k) > value ? k - 1 : power(k + 1) <= value ? k + 1 : k;
    }

    private static int ceilLog(double value) {
        int k = floorLog(value);
        return power(k) < value ? k + 1 : k;
    }

    private static double power(int k) {
        return Double.parseDouble("1e" + k);
    }

    /** Labels with as many decimals as the finest tick needs, a minus sign that is one, and exponents where long. */
    public static List<String> labels(double[] ticks) {
        int decimals = 0;
        boolean exponents = false;
        for (double tick : ticks) {
            int scale = BigDecimal.valueOf(tick).stripTrailingZeros().scale();
            decimals = Math.max(decimals, tick == 0 ? 0 : scale);
            exponents |= Math.abs(tick) >= 1e7;
        }
        boolean scientific = exponents || decimals > 6;
        int shown = decimals;
        List<String> labels = new ArrayList<>();
        for (double tick : ticks) {
            BigDecimal exact = BigDecimal.valueOf(tick);
            String text = tick == 0 ? "0" : scientific ? scientific(exact.abs()) : exact.abs().setScale(shown,
                    java.math.RoundingMode.HALF_EVEN).toPlainString();
            labels.add(tick < 0 ? "−" + text : text);
        }
        return labels;
    }

    /** Labels each on its own, as a logarithmic axis needs: 0.01, 1, 1000. */
    static List<String> logLabels(double[] ticks) {
        List<String> labels = new ArrayList<>();
        for (double tick : ticks) {
            BigDecimal exact = BigDecimal.valueOf(tick).stripTrailingZeros();
            labels.add(tick >= 1e-4 && tick < 1e6 ? exact.toPlainString() : scientific(exact));
        }
        return labels;
    }

    private static String scientific(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        int exponent = stripped.precision() - stripped.scale() - 1;
        return stripped.movePointLeft(exponent).toPlainString() + "e" + exponent;
    }
}
