package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.train.Torch;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.NetworkTensors;
import java.nio.file.Path;

/** Runs a recipe's steps in order, each once. */
public final class Pipeline {
    /** The steps in order; {@link #run} stops after one. */
    public enum Step { TEACHER, STUDENT, QUANTIZE, BUNDLE, VERIFY, REPORT }

    private final RecipeReader.Loaded loaded;
    private final Path dataFolder;
    private final RunFolder folder;
    private final Progress progress;

    public Pipeline(RecipeReader.Loaded loaded, Path data, Path out, String version, Progress progress) {
        this.loaded = loaded;
        this.progress = progress;
        dataFolder = data != null ? data : loaded.folder().resolve(loaded.recipe().data().folder()).normalize();
        folder = RunFolder.create(out);
    }

    public record Result(RunFolder folder) {}

    public Result run(Step until) {
        Recipe recipe = loaded.recipe();
        Prepared data = new PrepareStep(recipe, dataFolder).run();
        progress.line("data: " + data.preprocess().channels().size() + " channels, " + data.training().size()
                + " training and " + data.validation().size() + " validation windows");
        data.notes().forEach(progress::line);
        Torch.start(recipe.threads() > 0 ? recipe.threads() : Runtime.getRuntime().availableProcessors());
        var train = new TrainStep(recipe, data, folder, progress);
        TrainedStage teacher = train.teacher();
        judge("teacher", NetworkTensors.of(teacher.weights()), data);
        TrainedStage student = train.student(teacher);
        judge("student fp32", NetworkTensors.of(student.weights()), data);
        judge("student int8", NetworkQuantizer.int8(student.weights()), data);
        return new Result(folder);
    }

    private void judge(String name, NetworkTensors tensors, Prepared data) {
        try (var network = CompiledNetwork.compile(tensors)) {
            var predictions = Evaluator.run(network, data.preprocess(), data.task(), data.heldOut());
            var judgement = Judgement.of(data.task(), predictions, data.heldOut().lastOnly() ? 1 : data.task().windowSteps());
            progress.line(name + ": " + judgement);
        }
    }
}
