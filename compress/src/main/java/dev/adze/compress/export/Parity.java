package dev.adze.compress.export;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.preprocess.Preprocessor;
import dev.adze.runtime.session.Session;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs an exported file in its own engine over the bundle's golden inputs and compares with the bundle's runtime:
 * every output of every step ({@link ExportForm#STEP}), or the outputs of every case's newest window
 * ({@link ExportForm#WINDOW}). Where the form is the bundle's own mode the golden outputs themselves are compared.
 */
final class Parity {
    private final Bundle bundle;

    Parity(Bundle bundle) {
        this.bundle = bundle;
    }

    /**
     * @param heldOut null for none
     * @param mend    what a user can do about a mismatch
     * @throws AdzeException MISMATCH if an output is beyond {@code tolerance}, or the task metric too much worse
     */
    ParityReport check(ExportEngine engine, Manifest.Tolerance tolerance, HeldOut heldOut, String mend) {
        Manifest manifest = bundle.manifest();
        int outputs = manifest.network().outputSize();
        var figures = new ParityReport.Builder(engine.name(), engine.form(), tolerance);
        try (var reference = CompiledNetwork.compile(bundle.weights()); var session = new Session(reference)) {
            for (int i = 0; i < bundle.goldenCases().size(); i++) {
                GoldenCase golden = bundle.goldenCases().get(i);
                float[] features = features(golden);
                int steps = golden.steps();
                if (engine.form() == ExportForm.WINDOW) {
                    int window = Math.min(steps, manifest.task().windowSteps());
                    features = Arrays.copyOfRange(features, (steps - window) * manifest.network().inputSize(), features.length);
                    steps = window;
                }
                float[] expected = isOwnMode(engine.form()) ? golden.outputs() : run(session, features, steps, engine.form());
                ExportEngine.Result actual = engine.run(engine.takesRaw() ? golden.inputs() : features, steps);
                if (actual.scaled().length != expected.length
                        || actual.physical().length != 0 && actual.physical().length != expected.length) {
                    throw new AdzeException(AdzeException.Kind.MISMATCH, "golden vector " + i + ": " + expected.length
                            + " outputs are expected but " + engine.name() + " gives " + actual.scaled().length
                            + "; is the file of another bundle? Export it again");
                }
                for (int k = 0; k < expected.length; k++) {
                    String place = "golden vector " + i + ", step " + k / outputs + ", output "
                            + manifest.task().outputs().get(k % outputs).name();
                    figures.scaled(place, expected[k], actual.scaled()[k], mend);
                    if (actual.physical().length > 0) {
                        figures.physical(place, manifest.task().outputs().get(k % outputs), actual.scaled()[k],
                                actual.physical()[k]);
                    }
                }
            }
            Optional<ParityReport.HeldOutFigures> judged = heldOut == null ? Optional.empty()
                    : Optional.of(new HeldOutParity(manifest, engine.form(), engine.takesRaw()).check(
                            (features, steps) -> run(session, features, steps, engine.form()),
                            (features, steps) -> engine.run(features, steps).scaled(), heldOut, mend));
            return figures.build(bundle.goldenCases().size(), judged);
        }
    }

    /** Features of all golden cases, one after the other, to calibrate integer forms with. */
    float[] calibrationFeatures() {
        List<float[]> all = bundle.goldenCases().stream().map(this::features).toList();
        float[] joined = new float[all.stream().mapToInt(f -> f.length).sum()];
        int at = 0;
        for (float[] features : all) {
            System.arraycopy(features, 0, joined, at, features.length);
            at += features.length;
        }
        return joined;
    }

    private boolean isOwnMode(ExportForm form) {
        return switch (form) {
            case STEP -> bundle.manifest().task().mode() == TaskSpec.Mode.STREAM;
            case WINDOW -> bundle.manifest().task().mode() == TaskSpec.Mode.WINDOW;
        };
    }

    private float[] features(GoldenCase golden) {
        var preprocessor = new Preprocessor(bundle.manifest().preprocess());
        int channels = bundle.manifest().preprocess().channels().size();
        int inputs = bundle.manifest().network().inputSize();
        float[] features = new float[golden.steps() * inputs];
        float[] raw = golden.inputs();
        for (int t = 0; t < golden.steps(); t++) {
            preprocessor.apply(raw, t * channels, features, t * inputs);
        }
        return features;
    }

    private static float[] run(Session session, float[] features, int steps, ExportForm form) {
        int inputs = features.length / steps;
        int outputs = session.network().network().outputSize();
        float[] output = new float[outputs];
        return switch (form) {
            case WINDOW -> {
                session.inferWindow(features, steps, output);
                yield output;
            }
            case STEP -> {
                float[] all = new float[steps * outputs];
                session.reset();
                for (int t = 0; t < steps; t++) {
                    session.infer(Arrays.copyOfRange(features, t * inputs, (t + 1) * inputs), output);
                    System.arraycopy(output, 0, all, t * outputs, outputs);
                }
                yield all;
            }
        };
    }
}
