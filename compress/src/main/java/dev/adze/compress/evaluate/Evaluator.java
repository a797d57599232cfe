package dev.adze.compress.evaluate;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.ModelSession;
import java.util.Arrays;
import java.util.List;

/** Runs a network over the held-out part exactly as a device would, row by row. */
public final class Evaluator {
    private Evaluator() {}

    /**
     * What was predicted for one series.
     *
     * @param predicted {@code [rows, outputs]} in the outputs' units (class logits for classification); NaN where
     *                  nothing was judged
     */
    public record Predictions(HeldOut.Part part, float[] predicted) {}

    public static List<Predictions> run(CompiledNetwork network, PreprocessSpec preprocess, TaskSpec task, HeldOut heldOut) {
        try (var session = new ModelSession(network, preprocess, task)) {
            return heldOut.series().stream()
                    .map(part -> new Predictions(part, predict(session, preprocess, task, part, heldOut.lastOnly())))
                    .toList();
        }
    }

    /** The naive predictions of the judged rows, in the place of a model's. */
    public static List<Predictions> naive(HeldOut heldOut, int outputs) {
        return heldOut.series().stream().map(part -> {
            float[] predicted = part.naive().clone();
            Arrays.fill(predicted, 0, part.judgeFrom() * outputs, Float.NaN);
            return new Predictions(part, predicted);
        }).toList();
    }

    private static float[] predict(ModelSession session, PreprocessSpec preprocess, TaskSpec task, HeldOut.Part part,
            boolean lastOnly) {
        int outputs = task.outputs().size();
        float[] predicted = new float[part.rows() * outputs];
        Arrays.fill(predicted, Float.NaN);
        float[] raw = new float[preprocess.channels().size()];
        float[] output = new float[outputs];
        session.reset();
        for (int row = 0; row < part.rows(); row++) {
            System.arraycopy(part.raw(), row * raw.length, raw, 0, raw.length);
            session.preprocess(raw);
            boolean judged = row >= part.judgeFrom() && (!lastOnly || row == part.rows() - 1);
            if (judged || task.mode() == TaskSpec.Mode.STREAM) {
                session.infer(output);
            }
            if (judged) {
                System.arraycopy(output, 0, predicted, row * outputs, outputs);
            }
        }
        return predicted;
    }
}
