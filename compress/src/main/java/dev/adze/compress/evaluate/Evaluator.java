package dev.adze.compress.evaluate;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.preprocess.Preprocessor;
import dev.adze.runtime.session.Session;
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
        try (var session = new Session(network)) {
            return heldOut.series().stream()
                    .map(part -> new Predictions(part, predict(session, preprocess, task, part, heldOut.lastOnly())))
                    .toList();
        }
    }

    private static float[] predict(Session session, PreprocessSpec preprocess, TaskSpec task, HeldOut.Part part,
            boolean lastOnly) {
        int channels = preprocess.channels().size();
        int width = preprocess.featureCount();
        int outputs = task.outputs().size();
        float[] features = new float[part.rows() * width];
        var preprocessor = new Preprocessor(preprocess);
        for (int row = 0; row < part.rows(); row++) {
            preprocessor.apply(part.raw(), row * channels, features, row * width);
        }
        float[] predicted = new float[part.rows() * outputs];
        Arrays.fill(predicted, Float.NaN);
        float[] step = new float[width];
        float[] output = new float[outputs];
        session.reset();
        for (int row = 0; row < part.rows(); row++) {
            boolean judged = row >= part.judgeFrom() && (!lastOnly || row == part.rows() - 1);
            switch (task.mode()) {
                case STREAM -> {
                    System.arraycopy(features, row * width, step, 0, width);
                    session.infer(step, output);
                }
                case WINDOW -> {
                    if (judged) {
                        int steps = Math.min(task.windowSteps(), row + 1);
                        float[] window = Arrays.copyOfRange(features, (row + 1 - steps) * width, (row + 1) * width);
                        session.inferWindow(window, steps, output);
                    }
                }
            }
            for (int o = 0; judged && o < outputs; o++) {
                var spec = task.outputs().get(o);
                predicted[row * outputs + o] = (float) Math.clamp(spec.center() + spec.scale() * output[o], spec.min(), spec.max());
            }
        }
        return predicted;
    }
}
