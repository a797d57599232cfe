package dev.adze.compress.export;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.Preprocessor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Runs an exported file and its bundle's runtime over the whole held-out part, both in the file's form, and judges both
 * as a run judges its models.
 */
final class HeldOutParity {
    /** By how much of the bundle's own value an export's task metric may be worse. */
    static final double ALLOWED_CHANGE = 0.005;

    private final Manifest manifest;
    private final ExportForm form;
    private final boolean exportTakesRaw;

    HeldOutParity(Manifest manifest, ExportForm form, boolean exportTakesRaw) {
        this.manifest = manifest;
        this.form = form;
        this.exportTakesRaw = exportTakesRaw;
    }

    /** What runs features {@code [steps, inputSize]} from zero state; gives scaled outputs in the form's shape. */
    interface Runner {
        float[] run(float[] features, int steps);
    }

    /** @throws AdzeException MISMATCH if the task metric is worse than the bundle's by more than {@link #ALLOWED_CHANGE} */
    ParityReport.HeldOutFigures check(Runner bundle, Runner export, HeldOut heldOut, String mend) {
        List<Evaluator.Predictions> expected = predict(bundle, heldOut, false);
        List<Evaluator.Predictions> actual = predict(export, heldOut, exportTakesRaw);
        int block = heldOut.lastOnly() ? 1 : manifest.task().windowSteps();
        Judgement.Figure own = Judgement.of(manifest.task(), manifest.preprocess(), expected, block).main();
        Judgement judged = Judgement.of(manifest.task(), manifest.preprocess(), actual, block);
        Judgement.Figure other = judged.main();
        double difference = own.higherIsBetter() ? own.value() - other.value() : other.value() - own.value();
        // A perfect bundle leaves nothing to relate to: then any loss is too much.
        double change = difference == 0 ? 0 : difference / Math.abs(own.value());
        if (!(change <= ALLOWED_CHANGE)) {
            throw new AdzeException(AdzeException.Kind.MISMATCH, String.format(Locale.ROOT,
                    "on the held-out part %s is %.6g %s, %.2f %% worse than the bundle's %.6g (allowed %.1f %%); %s",
                    own.name(), other.value(), own.unit(), 100 * change, own.value(), 100 * ALLOWED_CHANGE, mend));
        }
        return distance(own, judged, change, expected, actual);
    }

    private ParityReport.HeldOutFigures distance(Judgement.Figure own, Judgement other, double change,
            List<Evaluator.Predictions> expected, List<Evaluator.Predictions> actual) {
        int outputs = manifest.task().outputs().size();
        double largest = 0;
        double squares = 0;
        long values = 0;
        for (int i = 0; i < expected.size(); i++) {
            float[] a = expected.get(i).predicted();
            float[] b = actual.get(i).predicted();
            for (int k = 0; k < a.length; k++) {
                if (!Float.isNaN(a[k])) {
                    double d = Math.abs((double) a[k] - b[k]) / Math.abs(manifest.task().outputs().get(k % outputs).scale());
                    largest = Math.max(largest, d);
                    squares += d * d;
                    values++;
                }
            }
        }
        return new ParityReport.HeldOutFigures(own.name(), own.unit(), own.value(), other.main().value(),
                other.interval(), change, values, largest, Math.sqrt(squares / Math.max(1, values)));
    }

    private List<Evaluator.Predictions> predict(Runner runner, HeldOut heldOut, boolean raw) {
        return heldOut.series().stream()
                .map(part -> new Evaluator.Predictions(part, predict(runner, part, heldOut.lastOnly(), raw))).toList();
    }

    private float[] predict(Runner runner, HeldOut.Part part, boolean lastOnly, boolean raw) {
        int outputs = manifest.task().outputs().size();
        int inputs = manifest.network().inputSize();
        float[] features = raw ? part.raw() : features(part);
        float[] predicted = new float[part.rows() * outputs];
        Arrays.fill(predicted, Float.NaN);
        int first = lastOnly ? part.rows() - 1 : part.judgeFrom();
        switch (form) {
            case STEP -> {
                float[] scaled = runner.run(features, part.rows());
                judged(first, part.rows(), row -> physical(scaled, row * outputs, predicted, row * outputs));
            }
            case WINDOW -> judged(first, part.rows(), row -> {
                int steps = Math.min(row + 1, manifest.task().windowSteps());
                float[] scaled = runner.run(Arrays.copyOfRange(features, (row + 1 - steps) * inputs, (row + 1) * inputs), steps);
                physical(scaled, 0, predicted, row * outputs);
            });
        }
        return predicted;
    }

    private static void judged(int from, int to, IntConsumer row) {
        for (int r = from; r < to; r++) {
            row.accept(r);
        }
    }

    private float[] features(HeldOut.Part part) {
        var preprocessor = new Preprocessor(manifest.preprocess());
        int channels = manifest.preprocess().channels().size();
        int inputs = manifest.network().inputSize();
        float[] features = new float[part.rows() * inputs];
        for (int row = 0; row < part.rows(); row++) {
            preprocessor.apply(part.raw(), row * channels, features, row * inputs);
        }
        return features;
    }

    private void physical(float[] scaled, int from, float[] target, int at) {
        List<TaskSpec.OutputSpec> outputs = manifest.task().outputs();
        for (int o = 0; o < outputs.size(); o++) {
            TaskSpec.OutputSpec output = outputs.get(o);
            target[at + o] = (float) Math.clamp(output.center() + output.scale() * scaled[from + o], output.min(), output.max());
        }
    }
}
