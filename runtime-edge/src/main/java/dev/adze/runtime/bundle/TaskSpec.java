package dev.adze.runtime.bundle;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the network's outputs mean.
 *
 * @param kind         how outputs are trained and judged
 * @param mode         how the network is run
 * @param windowSteps  {@link Mode#WINDOW}: steps of the window; {@link Mode#STREAM}: steps after which an output can
 *                     be trusted (the length the network was trained on); at least 1
 * @param horizonSteps how many steps ahead of the newest input the outputs lie; 0 for "now"
 * @param periodMillis time between steps; 0 where steps are not in time (flight cycles, say)
 * @param outputs      one a network output
 * @param anomaly      how the errors of the forecasts become a score; only for {@link Kind#ANOMALY}, and there once fitted
 */
public record TaskSpec(Kind kind, Mode mode, int windowSteps, int horizonSteps, long periodMillis, List<OutputSpec> outputs,
        Optional<Anomaly> anomaly) {
    /** ANOMALY: a forecast whose errors tell that something is unusual. */
    public enum Kind { REGRESSION, FORECAST, CLASSIFICATION, ANOMALY }

    public enum Mode {
        /** From zero state over the newest {@code windowSteps} feature vectors; the last step's output counts. */
        WINDOW,
        /** State carried from step to step; every step's output counts. */
        STREAM
    }

    private static final int MAX_LAG = 1_000_000;

    public TaskSpec {
        outputs = List.copyOf(outputs);
        if (anomaly.isPresent() && (kind != Kind.ANOMALY || anomaly.get().spread().size() != outputs.size()
                || outputs.stream().anyMatch(o -> o.ahead().isEmpty()))) {
            throw new IllegalArgumentException("an anomaly score needs kind anomaly, and for each output a channel that it"
                    + " forecasts and a spread");
        }
        if (windowSteps < 1 || horizonSteps < 0 || periodMillis < 0 || outputs.isEmpty()) {
            throw new IllegalArgumentException("task: windowSteps " + windowSteps + ", horizonSteps " + horizonSteps
                    + ", periodMillis " + periodMillis + ", " + outputs.size() + " outputs");
        }
    }

    public TaskSpec(Kind kind, Mode mode, int windowSteps, int horizonSteps, long periodMillis, List<OutputSpec> outputs) {
        this(kind, mode, windowSteps, horizonSteps, periodMillis, outputs, Optional.empty());
    }

    /**
     * An exponentially weighted control chart of forecast errors (Roberts 1959), several outputs taken together by their
     * root mean square; see {@link dev.adze.runtime.session.ForecastErrors}.
     *
     * @param smoothing weight of the newest error, above 0 to 1
     * @param threshold above 0; the score is given in units of it
     * @param spread    of every output's smoothed error where nothing is unusual, in units of the output's scale; above 0
     */
    public record Anomaly(double smoothing, double threshold, List<Double> spread) {
        public Anomaly {
            spread = List.copyOf(spread);
            if (!(smoothing > 0 && smoothing <= 1 && threshold > 0 && threshold < Double.POSITIVE_INFINITY)
                    || !spread.stream().allMatch(s -> s > 0 && s < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("anomaly: smoothing " + smoothing + ", threshold " + threshold + ", spread "
                        + spread);
            }
        }
    }

    /** The score's name among the outputs that a device reports. */
    public static final String SCORE = "anomaly";

    /** The same task with a score fitted to it. */
    public TaskSpec with(Anomaly fitted) {
        return new TaskSpec(kind, mode, windowSteps, horizonSteps, periodMillis, outputs, Optional.of(fitted));
    }

    /** What a device reports: the outputs, and after them the score where there is one. */
    public List<OutputSpec> reported() {
        return anomaly.isEmpty() ? outputs : Stream.concat(outputs.stream(),
                Stream.of(new OutputSpec(SCORE, "", 0, 1, 0, Double.POSITIVE_INFINITY))).toList();
    }

    /**
     * One output: {@code physical = center + scale * networkOutput}, plus the reference's value where the forecast is
     * relative to one, then clipped to [min, max]. For classification a class's logit: center 0, scale 1, no bounds. A
     * bound that does not bind is infinite.
     *
     * @param ahead which channel's later value this is; empty where that does not matter
     */
    public record OutputSpec(String name, String unit, double center, double scale, double min, double max,
            Optional<Ahead> ahead) {
        public OutputSpec {
            if (!(Double.isFinite(center) && Double.isFinite(scale)) || scale == 0 || !(min <= max)) {
                throw new IllegalArgumentException("output " + name + ": center " + center + ", scale " + scale
                        + ", min " + min + ", max " + max);
            }
        }

        public OutputSpec(String name, String unit, double center, double scale, double min, double max) {
            this(name, unit, center, scale, min, max, Optional.empty());
        }
    }

    /**
     * A later value of an input channel.
     *
     * @param channel   among the inputs
     * @param steps     how many steps after the newest input, 1 or more
     * @param reference what the output is relative to; empty: it stands for itself
     */
    public record Ahead(String channel, int steps, Optional<Reference> reference) {
        public Ahead {
            if (steps < 1) {
                throw new IllegalArgumentException("an output " + steps + " steps ahead");
            }
        }
    }

    /**
     * The mean of a channel's {@code count} values that lie {@code lag}, {@code lag + every}, ... steps before the newest
     * input (0: the newest itself), as the network sees them: filled in and clipped.
     */
    public record Reference(int lag, int every, int count) {
        public Reference {
            if (lag < 0 || every < 1 || count < 1 || lag + (count - 1L) * every >= MAX_LAG) {
                throw new IllegalArgumentException("a reference of " + count + " values from lag " + lag + " on, every " + every);
            }
        }

        /** Of its oldest value. */
        public int oldestLag() {
            return lag + (count - 1) * every;
        }
    }

    /** Whether the outputs lie at several steps ahead of the newest input. */
    public boolean manySteps() {
        return outputs.stream().flatMap(o -> o.ahead().stream()).mapToInt(Ahead::steps).distinct().count() > 1;
    }

    /** Whether an output is relative to earlier values. */
    public boolean relative() {
        return outputs.stream().anyMatch(o -> o.ahead().flatMap(Ahead::reference).isPresent());
    }
}
