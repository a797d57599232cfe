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

    /** @throws AdzeException MISMATCH if an output is off by more than the manifest's tolerance */
    static void require(String fileName, Bundle bundle, CompiledNetwork network) {
        Manifest manifest = bundle.manifest();
        for (int i = 0; i < bundle.goldenCases().size(); i++) {
            GoldenCase golden = bundle.goldenCases().get(i);
            float[] expected = golden.outputs();
            float[] actual =
                    record(network, manifest.preprocess(), manifest.task(), golden.steps(), golden.inputs()).outputs();
            for (int k = 0; k < expected.length; k++) {
                double allowed = manifest.tolerance().absolute() + manifest.tolerance().relative() * Math.abs(expected[k]);
                if (!(Math.abs((double) actual[k] - expected[k]) <= allowed)) {
                    throw new AdzeException(AdzeException.Kind.MISMATCH, fileName + ": golden vector " + i + ", output " + k
                            + " should be " + expected[k] + " but the " + network.kernel().name() + " kernel gives "
                            + actual[k] + " (allowed difference " + allowed + "); export the bundle again with this version");
                }
            }
        }
    }
}
