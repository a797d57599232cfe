package dev.adze.compress.export;

import dev.adze.compress.evaluate.Bootstrap;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.Locale;
import java.util.Optional;

/**
 * How near an exported file comes to its bundle.
 *
 * @param engine      that ran the file
 * @param goldenCases compared
 * @param values      outputs compared
 * @param largest     difference of an output, in scaled units
 * @param rootMeanSquare of the differences, in scaled units
 * @param tolerance   that every output kept
 * @param heldOut     figures of the held-out part, empty if none was at hand
 */
public record ParityReport(String engine, ExportForm form, int goldenCases, long values, double largest,
        double rootMeanSquare, Manifest.Tolerance tolerance, Optional<HeldOutFigures> heldOut) {
    /**
     * The task metric on the held-out part.
     *
     * @param metric     name of the task's main figure
     * @param unit       of it; empty for a pure number
     * @param bundle     its value for the bundle's runtime, called as the file is
     * @param export     its value for the file
     * @param interval   of {@code export}, 95 % by bootstrap as a run's stages have it
     * @param change     relative, positive for worse
     * @param values     outputs compared
     * @param largest    difference of a judged output, in scaled units
     * @param rootMeanSquare of the differences, in scaled units
     */
    public record HeldOutFigures(String metric, String unit, double bundle, double export,
            Bootstrap.Interval interval, double change, long values, double largest, double rootMeanSquare) {
        String describe() {
            String of = unit.isEmpty() ? "" : " " + unit;
            return String.format(Locale.ROOT, "held-out part: %s %.6g%s, the bundle's %.6g%s (%+.3f %%, for the worse at most"
                            + " +%.1f %%); %,d outputs, largest difference %.3g, root mean square %.3g in scaled units",
                    metric, export, of, bundle, of, 100 * change, 100 * HeldOutParity.ALLOWED_CHANGE, values, largest,
                    rootMeanSquare);
        }
    }

    /** For people: a line for the golden vectors and, if it was at hand, one for the held-out part. */
    public String describe() {
        String golden = String.format(Locale.ROOT, "%s agrees on %d golden vectors (%s): largest difference %.3g, root mean square"
                        + " %.3g in scaled units; allowed %.3g + %.3g x |output|", engine, goldenCases,
                form.name().toLowerCase(Locale.ROOT), largest, rootMeanSquare, tolerance.absolute(), tolerance.relative());
        return golden + heldOut.map(figures -> "\n" + figures.describe()).orElse("");
    }

    /** Collects differences and refuses the first that is too large. */
    static final class Builder {
        /** Rounding of {@code center + scale * output} in fp32, relative to the terms. */
        private static final double PHYSICAL_ROUNDING = 1e-6;

        private final String engine;
        private final ExportForm form;
        private final Manifest.Tolerance tolerance;
        private double largest;
        private double squares;
        private long values;

        Builder(String engine, ExportForm form, Manifest.Tolerance tolerance) {
            this.engine = engine;
            this.form = form;
            this.tolerance = tolerance;
        }

        void scaled(String place, float expected, float actual, String mend) {
            double difference = Math.abs((double) actual - expected);
            double allowed = tolerance.absolute() + tolerance.relative() * Math.abs(expected);
            if (!(difference <= allowed)) {
                throw mismatch(place, expected, actual, allowed, mend);
            }
            largest = Math.max(largest, difference);
            squares += difference * difference;
            values++;
        }

        /** The file's own physical output against its own scaled one: only the arithmetic of the scaling differs. */
        void physical(String place, TaskSpec.OutputSpec output, float scaled, float actual) {
            double product = output.scale() * scaled;
            double expected = Math.clamp(output.center() + product, output.min(), output.max());
            double allowed = PHYSICAL_ROUNDING * (Math.abs(output.center()) + Math.abs(product) + Math.abs(expected));
            if (!(Math.abs(actual - expected) <= allowed)) {
                throw mismatch(place + " [" + output.unit() + "]", expected, actual, allowed, "export the bundle again");
            }
        }

        private AdzeException mismatch(String place, double expected, double actual, double allowed, String mend) {
            return new AdzeException(AdzeException.Kind.MISMATCH, String.format(Locale.ROOT,
                    "%s should be %.6g but %s gives %.6g (allowed difference %.3g); %s", place, expected, engine, actual,
                    allowed, mend));
        }

        ParityReport build(int goldenCases, Optional<HeldOutFigures> heldOut) {
            return new ParityReport(engine, form, goldenCases, values, largest, Math.sqrt(squares / values), tolerance,
                    heldOut);
        }
    }
}
