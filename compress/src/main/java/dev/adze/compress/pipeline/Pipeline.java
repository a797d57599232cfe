package dev.adze.compress.pipeline;

import dev.adze.compress.export.ExportTarget;
import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.report.RunReport;
import dev.adze.compress.report.Sensitivity;
import dev.adze.compress.report.StageResult;
import dev.adze.compress.report.StageTable;
import dev.adze.compress.train.Torch;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Runs a recipe's steps in order: data, teacher, student, int8, bundles, verification, report, exports. */
public final class Pipeline {
    /** The steps that {@link #run} can stop after. */
    public enum Step { TEACHER, STUDENT, BUNDLE, REPORT }

    private final RecipeReader.Loaded loaded;
    private final Path dataFolder;
    private final Path out;
    private final String version;
    private final Progress progress;

    /**
     * @param data    folder of the data files, or null for the recipe's own
     * @param out     folder of the run
     * @param version of Adze, for the provenance
     */
    public Pipeline(RecipeReader.Loaded loaded, Path data, Path out, String version, Progress progress) {
        this.loaded = loaded;
        this.version = version;
        this.progress = progress;
        dataFolder = data != null ? data : loaded.folder().resolve(loaded.recipe().data().folder()).normalize();
        this.out = out;
    }

    /**
     * What a run left behind.
     *
     * @param bundles in stage order; empty if the run stopped before
     * @param report  likewise
     */
    public record Result(Path folder, List<Path> bundles, Optional<RunReport> report) {}

    public Result run(Step until) {
        RunFolder folder = RunFolder.begin(out, loaded, until.name(), version);
        try {
            Result result = run(until, folder);
            folder.journal().finish();
            return result;
        } catch (RuntimeException | Error e) {
            folder.journal().fail(e);
            throw e;
        }
    }

    /**
     * What the recipe's data asks of a network.
     *
     * @param statics indices of the features that its head sees as they are
     */
    public record Shape(int features, int outputs, List<Integer> statics) {}

    /** Reads the data for it, and leaves nothing behind. */
    public Shape shape() {
        Prepared data = new PrepareStep(loaded.recipe(), dataFolder).run();
        return new Shape(data.preprocess().featureCount(), data.task().outputs().size(),
                data.preprocess().channelIndices(loaded.recipe().staticInputs()));
    }

    /** As one trial among others that share its teacher. */
    public TrialRun.Result trial(TrialRun.Mode mode) {
        RunFolder folder = RunFolder.begin(out, loaded, "TRIAL", version, mode.sharedSteps());
        try {
            Prepared data = new PrepareStep(loaded.recipe(), dataFolder).run();
            data.notes().forEach(note -> progress.line("  " + note));
            TrialRun.Result result = new TrialRun(loaded, data, folder, version, progress, mode).run();
            folder.journal().finish();
            return result;
        } catch (RuntimeException | Error e) {
            folder.journal().fail(e);
            throw e;
        }
    }

    private Result run(Step until, RunFolder folder) {
        Recipe recipe = loaded.recipe();
        Prepared data = new PrepareStep(recipe, dataFolder).run();
        progress.line("data: " + data.preprocess().channels().size() + " channels, " + data.training().size()
                + " training and " + data.validation().size() + " validation windows, "
                + data.heldOut().series().size() + " held-out series");
        data.notes().forEach(note -> progress.line("  " + note));
        Torch.start(recipe.threads() > 0 ? recipe.threads() : Runtime.getRuntime().availableProcessors());
        var train = new TrainStep(recipe, data, folder, progress);
        Teacher teacher = recipe.given().present() ? new GivenTeacherStep(loaded, data, progress).open() : train.teacher();
        try {
            return run(until, folder, data, train, teacher);
        } finally {
            if (teacher instanceof GivenEngine given) {
                given.engine().close();
            }
        }
    }

    private Result run(Step until, RunFolder folder, Prepared data, TrainStep train, Teacher teacher) {
        if (until == Step.TEACHER) {
            return new Result(folder.root(), List.of(), Optional.empty());
        }
        List<TrainedStage> assistants = train.assistants(teacher);
        TrainedStage dense = train.student(teacher, assistants);
        TrainedStage student = train.sparse(teacher, assistants, dense);
        if (until == Step.STUDENT) {
            return new Result(folder.root(), List.of(), Optional.empty());
        }
        Baseline.describe(data).ifPresent(progress::line);
        Recipe recipe = loaded.recipe();
        var tuned = new EnumMap<Precision, TunedStage>(Precision.class);
        for (Precision precision : precisions(recipe.quantize().precisions())) {
            if (recipe.quantize().aware().epochs() > 0 && precisions(recipe.quantize().aware().precisions()).contains(precision)) {
                tuned.put(precision, train.aware(precision, teacher, assistants, student));
            }
        }
        List<JudgedStage> stages = bundle(folder, data, teacher, assistants, dense, student, tuned);
        List<Path> bundles = stages.stream().map(JudgedStage::bundle).filter(Objects::nonNull).toList();
        if (until == Step.BUNDLE) {
            return new Result(folder.root(), bundles, Optional.empty());
        }
        List<String> kernels = bundles.stream().flatMap(b -> VerifyStep.verify(b).stream()).distinct().toList();
        progress.line("verify: golden vectors of " + bundles.size() + " bundles agree on " + String.join(", ", kernels));
        List<Sensitivity> sensitivity = recipe.quantize().sensitivity() ? sensitivity(data, student) : List.of();
        var reporting = new ReportStep(loaded, data, folder, version);
        RunReport report = reporting.run(teacher, student, tuned, stages, sensitivity, kernels);
        report = export(folder, data, stages.getLast(), reporting, report);
        progress.line("");
        progress.line(StageTable.console(report.rows()).toString());
        progress.line("report: " + folder.root().resolve("report.html"));
        return new Result(folder.root(), bundles, Optional.of(report));
    }

    /** Last of all, and written down one by one: an export that fails leaves the report of everything before it. */
    private RunReport export(RunFolder folder, Prepared data, JudgedStage last, ReportStep reporting, RunReport report) {
        var step = new ExportStep(loaded.recipe().export(), data, folder, version, progress);
        RunReport told = report;
        var rows = new ArrayList<StageResult>();
        for (ExportTarget target : loaded.recipe().export().to()) {
            rows.add(step.run(target, last));
            told = reporting.write(told.withExports(rows));
        }
        return told;
    }

    private List<JudgedStage> bundle(RunFolder folder, Prepared data, Teacher teacher, List<TrainedStage> assistants,
            TrainedStage dense, TrainedStage student, Map<Precision, TunedStage> tuned) {
        var step = new BundleStep(loaded, data, folder, version);
        progress.line("fuse: " + Fusion.describe(student.weights().network()));
        var stages = new ArrayList<JudgedStage>();
        stages.add(told(switch (teacher) {
            case TrainedStage own -> step.run("teacher", NetworkTensors.of(own.weights()));
            case GivenNetwork given -> step.run("teacher", NetworkTensors.of(given.weights()), given.preprocess(),
                    given.task());
            case GivenEngine given -> EngineJudge.judge("teacher", given, data);
        }));
        for (int i = 0; i < assistants.size(); i++) {
            stages.add(add(step, "assistant " + (i + 1), NetworkTensors.of(assistants.get(i).weights())));
        }
        stages.add(add(step, "student fp32", NetworkTensors.of(dense.weights())));
        if (student != dense) {
            stages.add(add(step, "student sparse", NetworkTensors.of(student.weights())));
        }
        for (Precision precision : precisions(loaded.recipe().quantize().precisions())) {
            TunedStage own = tuned.get(precision);
            stages.add(add(step, "student " + precision.name().toLowerCase(Locale.ROOT),
                    own == null ? new AfterTraining(loaded, data, progress).quantize(student.weights(), precision)
                            : NetworkQuantizer.quantize(own.stage().weights(), own.steps())));
        }
        return stages;
    }

    private List<Sensitivity> sensitivity(Prepared data, TrainedStage student) {
        var step = new SensitivityStep(data, loaded.recipe().student().train());
        var all = new ArrayList<Sensitivity>();
        for (Precision precision : SensitivityStep.of(precisions(loaded.recipe().quantize().precisions()))) {
            all.add(step.run(student.weights(), precision, loaded.recipe().quantize().calibration()));
            progress.line("");
            progress.line(all.getLast().console().toString());
        }
        return all;
    }

    private static List<Precision> precisions(List<String> labels) { // the schema lets known ones through
        return labels.stream().map(label -> Precision.valueOf(label.toUpperCase(Locale.ROOT))).toList();
    }

    private JudgedStage add(BundleStep step, String name, NetworkTensors tensors) {
        return told(step.run(name, tensors));
    }

    private JudgedStage told(JudgedStage stage) {
        progress.line(BundleStep.describe(stage));
        return stage;
    }
}
