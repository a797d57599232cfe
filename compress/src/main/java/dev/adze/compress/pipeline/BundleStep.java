package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.compress.evaluate.StepTimer;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.GoldenCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** Judges a model on the held-out part and packs it with its golden vectors into a bundle. */
final class BundleStep {
    /**
     * Kernels agree bit for bit, so Adze's own runtime needs no tolerance; other engines that repeat the golden
     * vectors round differently.
     */
    private static final Manifest.Tolerance TOLERANCE = new Manifest.Tolerance(1e-4, 1e-3);

    private final RecipeReader.Loaded loaded;
    private final Prepared data;
    private final RunFolder folder;
    private final String version;

    BundleStep(RecipeReader.Loaded loaded, Prepared data, RunFolder folder, String version) {
        this.loaded = loaded;
        this.data = data;
        this.folder = folder;
        this.version = version;
    }

    JudgedStage run(String name, NetworkTensors tensors) {
        return run(name, tensors, data.preprocess(), data.task());
    }

    /** A model that was trained elsewhere may read other features and scale its outputs otherwise. */
    JudgedStage run(String name, NetworkTensors tensors, PreprocessSpec preprocess, TaskSpec forecast) {
        try (var network = CompiledNetwork.compile(tensors)) {
            TaskSpec task = forecast.kind() == TaskSpec.Kind.ANOMALY
                    ? data.fitted(Evaluator.run(network, preprocess, forecast, data.usual()), forecast) : forecast;
            var predictions = Evaluator.run(network, preprocess, task, data.heldOut());
            var judgement = Judgement.of(judged(task), data.preprocess(), predictions, data.heldOut().lastOnly() ? 1 : data.task().windowSteps());
            data.addLifeScores(judgement.all(), predictions);
            Path file = folder.bundle(loaded.recipe().name() + "-" + name.replace(' ', '-'));
            var manifest = new Manifest(loaded.recipe().name() + "-" + name.replace(' ', '-'), tensors.network(), tensors.precisions(),
                    preprocess, task, judgement.all(), provenance(), TOLERANCE,
                    BaselineFitter.fit(network, preprocess, task, data.trainingRows().get()));
            new Bundle(manifest, tensors, goldenCases(tensors, preprocess, task)).write(file);
            var latency = StepTimer.measure(network, task.windowSteps());
            return new JudgedStage(name, ModelFacts.of(tensors, file, latency.kernel()), tensors, file, predictions, judgement, latency);
        }
    }

    /** Scaled errors are in the recipe's scale, whatever the model's own. */
    private TaskSpec judged(TaskSpec task) {
        return task.anomaly().isPresent() ? task : data.task();
    }

    private SequencedMap<String, String> provenance() {
        var provenance = new LinkedHashMap<String, String>();
        provenance.put("recipe", loaded.recipe().name());
        provenance.put("recipeSha256", Hashing.sha256(loaded.text()));
        provenance.put("dataSha256", data.dataHash());
        provenance.put("seed", String.valueOf(loaded.recipe().seed()));
        provenance.put("adzeVersion", version);
        return provenance;
    }

    /** Stretches of the held-out part, spread evenly over it; computed by the scalar reference kernel. */
    private List<GoldenCase> goldenCases(NetworkTensors tensors, PreprocessSpec preprocess, TaskSpec task) {
        int channels = preprocess.channels().size();
        var cases = new ArrayList<GoldenCase>();
        try (var reference = CompiledNetwork.compile(tensors, KernelChoice.scalar())) {
            int wanted = loaded.recipe().quantize().goldenCases();
            for (int i = 0; i < wanted; i++) {
                List<HeldOut.Part> parts = data.heldOut().series();
                HeldOut.Part part = parts.get(parts.size() * i / wanted);
                int steps = task.mode() == TaskSpec.Mode.WINDOW
                        ? Math.min(part.rows(), 2 * task.windowSteps())
                        : Math.min(part.rows(), loaded.recipe().quantize().goldenSteps());
                int from = parts.size() >= wanted ? 0 : (int) ((long) (part.rows() - steps) * i / wanted);
                float[] inputs = Arrays.copyOfRange(part.raw(), from * channels, (from + steps) * channels);
                cases.add(GoldenCheck.record(reference, preprocess, task, steps, inputs));
            }
        }
        return cases;
    }

    static String describe(JudgedStage stage) {
        var figure = stage.judgement().main();
        return String.format(Locale.ROOT, "%s: %s %.4f%s (95 %% interval %.4f to %.4f), step %.1f us, %s", stage.name(),
                figure.name(), figure.value(), figure.unit().isEmpty() ? "" : " " + figure.unit(),
                stage.judgement().interval().low(), stage.judgement().interval().high(), stage.latency().p50Micros(),
                stage.facts().file().getFileName());
    }
}
