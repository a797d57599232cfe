package dev.adze.runtime.bundle;

import java.util.List;

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
 */
public record TaskSpec(
        Kind kind, Mode mode, int windowSteps, int horizonSteps, long periodMillis, List<OutputSpec> outputs) {
    public enum Kind { REGRESSION, FORECAST, CLASSIFICATION }

    public enum Mode {
        /** From zero state over the newest {@code windowSteps} feature vectors; the last step's output counts. */
        WINDOW,
        /** State carried from step to step; every step's output counts. */
        STREAM
    }

    public TaskSpec {
        outputs = List.copyOf(outputs);
        if (windowSteps < 1 || horizonSteps < 0 || periodMillis < 0 || outputs.isEmpty()) {
            throw new IllegalArgumentException("task: windowSteps " + windowSteps + ", horizonSteps " + horizonSteps
                    + ", periodMillis " + periodMillis + ", " + outputs.size() + " outputs");
        }
    }

    /**
     * One output: {@code physical = center + scale * networkOutput}, then clipped to [min, max].
     * For classification a class's logit: center 0, scale 1, no bounds. A bound that does not bind is infinite.
     */
    public record OutputSpec(String name, String unit, double center, double scale, double min, double max) {
        public OutputSpec {
            if (!(Double.isFinite(center) && Double.isFinite(scale)) || scale == 0 || !(min <= max)) {
                throw new IllegalArgumentException("output " + name + ": center " + center + ", scale " + scale
                        + ", min " + min + ", max " + max);
            }
        }
    }
}
