package dev.adze.compress.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers for people: three significant digits, decimal units, {@code –} for what is not there. */
public final class Units {
    /** Shown for null and NaN. */
    public static final String MISSING = "–";

    private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] COUNTS = {"", "k", "M", "G", "T", "P", "E"};
    private static final String[] TIMES = {"ns", "µs", "ms", "s"};

    private Units() {}

    /** {@code 812 B}, {@code 15.4 MB}: powers of 1000. */
    public static String bytes(Long bytes) {
        return bytes == null ? MISSING : scaled(bytes, BYTES, bytes < 1000 ? 0 : 3);
    }

    /** {@code 512}, {@code 38.4 k}, {@code 11.9 M}. */
    public static String count(Long count) {
        if (count == null) {
            return MISSING;
        }
        return Math.abs(count) < 10_000 ? Long.toString(count) : scaled(count, COUNTS, 3);
    }

    /** All digits, grouped: {@code 11,902,465}. */
    public static String exact(Long count) {
        return count == null ? MISSING : String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 820 ns}, {@code 45.2 µs}, {@code 1.23 ms}, {@code 2.50 s}. */
    public static String micros(Double micros) {
        if (micros == null || micros.isNaN()) {
            return MISSING;
        }
        return scaled(micros * 1000, TIMES, 3);
    }

    /** A round figure without its trailing zeros, for an axis: {@code 5.00 MB} becomes {@code 5 MB}. */
    static String compact(String figure) {
        return figure.replaceFirst("(\\.\\d*?)0+(?= |$)", "$1").replaceFirst("\\.(?= |$)", "");
    }

    /** {@code 0.42 s}, {@code 42 s}, {@code 3 min 05 s}, {@code 1 h 12 min}. */
    public static String seconds(double seconds) {
        if (!Double.isFinite(seconds) || seconds < 0) {
            return MISSING;
        }
        if (seconds < 10) {
            return significant(seconds, 2) + " s";
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
    }

    /** A ratio: {@code 3.10×}, {@code 25×}, {@code 118×}. */
    public static String factor(double factor) {
        if (!Double.isFinite(factor)) {
            return MISSING;
        }
        return significant(factor, factor >= 10 ? 2 : 3) + "×";
    }

    /** A relative change with its sign: {@code +0.62 %}, {@code −12 %}, {@code ±0 %}. */
    public static String change(double from, double to) {
        double percent = (to - from) / Math.abs(from) * 100;
        if (!Double.isFinite(percent)) {
            return MISSING;
        }
        String size = significant(Math.abs(percent), 2);
        boolean zero = Math.abs(percent) < 0.005;
        return zero ? "±0 %" : (percent < 0 ? "−" : "+") + size + " %";
    }

    /**
     * Rounded half-even to {@code digits} significant digits, whole digits kept: {@code 0.0123}, {@code 12.3},
     * {@code 12346}; with an exponent under 1e-4 and from 1e9 on: {@code 1.2e-7}.
     */
    public static String significant(double value, int digits) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        if (Double.isInfinite(value)) {
            return value < 0 ? "−∞" : "∞";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String sign = rounded.signum() < 0 ? "−" : "";
        if (exponent < -4 || exponent >= 9) {
            BigDecimal mantissa = rounded.abs().movePointLeft(exponent).setScale(digits - 1, RoundingMode.HALF_EVEN);
            return sign + mantissa.toPlainString() + "e" + exponent;
        }
        if (exponent >= digits) {
            // Rounding 12346 to 12300 would only hide what is known.
            return sign + new BigDecimal(value).abs().setScale(0, RoundingMode.HALF_EVEN).toPlainString();
        }
        return sign + rounded.abs().setScale(Math.max(0, digits - 1 - exponent), RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    private static String scaled(double value, String[] units, int digits) {
        int unit = 0;
        double shown = value;
        // 999.6 would round to "1000": it belongs to the next unit.
        while (unit < units.length - 1 && Math.abs(shown) >= 999.5) {
            shown /= 1000;
            unit++;
        }
        String number = digits == 0 ? Long.toString(Math.round(shown)) : significant(shown, digits);
        return units[unit].isEmpty() ? number : number + " " + units[unit];
    }
}
