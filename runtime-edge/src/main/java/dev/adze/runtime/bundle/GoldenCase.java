package dev.adze.runtime.bundle;

import java.util.Arrays;

/**
 * One golden vector: raw inputs and the network's outputs for them, computed when the bundle was made.
 *
 * @param steps   number of time steps, at least 1
 * @param inputs  {@code [steps, channels]} raw values in the channels' units; NaN means missing
 * @param outputs network-level (scaled) outputs: {@code [steps, outputs]} in stream mode, {@code [outputs]} of the last
 *                step in window mode; finite
 */
public record GoldenCase(int steps, float[] inputs, float[] outputs) {
    public GoldenCase {
        if (steps < 1 || inputs.length == 0 || inputs.length % steps != 0 || outputs.length == 0) {
            throw new IllegalArgumentException("golden case of " + steps + " steps with " + inputs.length
                    + " inputs and " + outputs.length + " outputs");
        }
        inputs = inputs.clone();
        outputs = outputs.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GoldenCase(int otherSteps, float[] otherInputs, float[] otherOutputs)
                && steps == otherSteps && Arrays.equals(inputs, otherInputs) && Arrays.equals(outputs, otherOutputs);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(inputs) + Arrays.hashCode(outputs);
    }
}
