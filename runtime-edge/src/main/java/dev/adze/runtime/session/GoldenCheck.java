package dev.adze.runtime.session;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.preprocess.PreprocessSpec;

/** Golden vectors: made when a bundle is made, compared whenever it is opened. */
public final class GoldenCheck {
    private GoldenCheck() {}

    /**
     * Runs raw inputs from a fresh start through preprocessing and network.
     *
     * @param inputs {@code [steps, channels]} raw values, NaN where missing
     * @return with the outputs of every step (stream) or of the last step (window)
     */
    public static GoldenCase record(
            CompiledNetwork network, PreprocessSpec preprocess, TaskSpec task, int steps, float[] inputs) {
        int channels = preprocess.channels().size();
        if (steps < 1 || inputs.length != (long) steps * channels) {
            throw new IllegalArgumentException(steps + " steps of " + channels + " channels, but " + inputs.length + " inputs");
        }
        int outputSize = network.network().outputSize();
        float[] raw = new float[channels];
        float[] output = new float[outputSize];
        float[] outputs = new float[task.mode() == TaskSpec.Mode.STREAM ? Math.multiplyExact(steps, outputSize) : outputSize];
        try (ModelSession session = new ModelSession(network, preprocess, task)) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(inputs, t * channels, raw, 0, channels);
                session.preprocess(raw);
                switch (task.mode()) {
                    case STREAM -> {
                        session.inferScaled(output);
                        System.arraycopy(output, 0, outputs, t * outputSize, outputSize);
                    }
                    case WINDOW -> {
                        if (t == steps - 1) {
                            session.inferScaled(outputs);
                        }
                    }
                }
            }
        }
        return new GoldenCase(steps, inputs, outputs);
    }

    /**
     * The golden output that is furthest from what it should be, measured against what is allowed there.
     *
     * @param goldenCase its case
     * @param output     its place among the case's outputs
     * @param allowed    difference by the manifest's tolerance
     */
    public record Deviation(int goldenCase, int output, float expected, float actual, double allowed) {
        public double difference() {
            return Math.abs((double) actual - expected);
        }

        /** False also where the output is not a number. */
        public boolean tolerable() {
            return difference() <= allowed;
        }
    }

    /** Runs all golden cases on a network, in the manifest's mode: the largest deviation, or the first that is too large. */
    public static Deviation worst(Bundle bundle, CompiledNetwork network) {
        Manifest manifest = bundle.manifest();
        Deviation worst = null;
        for (int i = 0; i < bundle.goldenCases().size(); i++) {
            GoldenCase golden = bundle.goldenCases().get(i);
            float[] expected = golden.outputs();
            float[] actual =
                    record(network, manifest.preprocess(), manifest.task(), golden.steps(), golden.inputs()).outputs();
            for (int k = 0; k < expected.length; k++) {
                double allowed = manifest.tolerance().absolute() + manifest.tolerance().relative() * Math.abs(expected[k]);
                var deviation = new Deviation(i, k, expected[k], actual[k], allowed);
                if (!deviation.tolerable()) {
                    return deviation;
                }
                if (worst == null || deviation.difference() > worst.difference()) {
                    worst = deviation;
                }
            }
        }
        return worst;
    }

    /** @throws AdzeException MISMATCH if an output is off by more than the manifest's tolerance */
    static void require(String fileName, Bundle bundle, CompiledNetwork network) {
        Deviation worst = worst(bundle, network);
        if (!worst.tolerable()) {
            throw new AdzeException(AdzeException.Kind.MISMATCH, fileName + ": golden vector " + worst.goldenCase()
                    + ", output " + worst.output() + " should be " + worst.expected() + " but the " + network.kernel().name()
                    + " kernel gives " + worst.actual() + " (allowed difference " + worst.allowed()
                    + "); export the bundle again with this version");
        }
    }
}
