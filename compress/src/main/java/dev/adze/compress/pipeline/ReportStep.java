package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.PartedErrors;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.report.ErrorProfile;
import dev.adze.compress.report.Histograms;
import dev.adze.compress.report.HtmlReport;
import dev.adze.compress.report.Inside;
import dev.adze.compress.report.KeyValue;
import dev.adze.compress.report.Metric;
import dev.adze.compress.report.ReportJson;
import dev.adze.compress.report.RunReport;
import dev.adze.compress.report.Sensitivity;
import dev.adze.compress.report.SeriesComparison;
import dev.adze.compress.report.StageResult;
import dev.adze.compress.report.StepLatency;
import dev.adze.compress.report.TrainingCurve;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Puts together what the run showed and writes {@code report.json} and {@code report.html}. */
final class ReportStep {
    /** A picture of about a thousand pixel columns shows no more. */
    private static final int PICTURE_COLUMNS = 500;
    private static final int ERROR_BINS = 41;
    private static final int PROFILE_PARTS = 10;
    /** A longer stretch of a forecast shows as a solid block. */
    private static final int COMPARED_ROWS = 4_000;

    private final RecipeReader.Loaded loaded;
    private final Prepared data;
    private final RunFolder folder;
    private final String version;

    ReportStep(RecipeReader.Loaded loaded, Prepared data, RunFolder folder, String version) {
        this.loaded = loaded;
        this.data = data;
        this.folder = folder;
        this.version = version;
    }

    RunReport run(Teacher teacher, TrainedStage student, Map<Precision, TunedStage> tuned, List<JudgedStage> stages,
            List<Sensitivity> sensitivity, List<String> verified) {
        var report = new RunReport(
                loaded.recipe().title().isEmpty() ? loaded.recipe().name() : loaded.recipe().title(),
                "Recipe " + loaded.recipe().name() + ": " + stages.getFirst().facts().architecture() + " to "
                        + Describe.network(student.weights().network()),
                task(),
                stages.stream().map(this::stage).toList(),
                curves(teacher, student, tuned),
                data.heldOut().lastOnly() ? List.of(unitsByTruth(stages)) : overTime(stages),
                errors(stages),
                profiles(stages),
                sensitivity,
                inside(stages),
                null,
                provenance(),
                methods(stages, tuned, verified));
        return write(report);
    }

    RunReport write(RunReport report) {
        ReportJson.write(report, folder.root().resolve("report.json"));
        HtmlReport.write(report, folder.root().resolve("report.html"));
        return report;
    }

    private Inside inside(List<JudgedStage> stages) {
        JudgedStage last = stages.getLast();
        JudgedStage fp32 = stages.stream().filter(stage -> stage.name().equals("student fp32")).findFirst().orElse(last);
        return last.tensors() == null ? null : new InsideStep(data).run(fp32, last);
    }

    private String task() {
        TaskSpec task = data.task();
        String outputs = String.join(", ", task.outputs().stream()
                .map(o -> o.ahead().map(TaskSpec.Ahead::channel).orElse(o.name())).distinct().toList());
        String horizon = task.horizonSteps() == 0 ? "" : task.manySteps() ? " at each of " + task.horizonSteps() + " steps ahead"
                : task.periodMillis() == 0 ? " " + task.horizonSteps() + " steps ahead"
                : String.format(Locale.ROOT, " %.0f s ahead", task.horizonSteps() * task.periodMillis() / 1000.0);
        return "Predicts " + outputs + horizon + " from " + data.preprocess().channels().size() + " channels ("
                + data.preprocess().featureCount() + " features), "
                + (task.mode() == TaskSpec.Mode.STREAM ? "streaming with the state carried from step to step"
                        : "over windows of " + task.windowSteps() + " steps") + "."
                + Baseline.describe(data).map(line -> " For comparison, " + line + ".").orElse("");
    }

    private StageResult stage(JudgedStage stage) {
        var figure = stage.judgement().main();
        var metric = new Metric(figure.name(), figure.unit(), figure.value(), stage.judgement().interval().low(),
                stage.judgement().interval().high(), figure.higherIsBetter());
        var more = new ArrayList<Metric>();
        stage.judgement().all().forEach((name, value) -> {
            if (name.contains("phm08") || name.contains("uncapped") || name.endsWith("scaled-mae") || name.endsWith("alarm-rate")) {
                more.add(Metric.error(name.substring("test.".length()), "", value));
            }
        });
        ModelFacts facts = stage.facts();
        return new StageResult(stage.name(), facts.precision(), facts.architecture(), facts.parameters(), facts.macsPerStep(),
                size(facts.file()), metric, more,
                new StepLatency(stage.latency().p50Micros(), stage.latency().p99Micros(), stage.latency().samples(),
                        facts.engine()), null, List.of());
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw RunFolder.cannotWrite(file, e);
        }
    }

    private List<TrainingCurve> curves(Teacher teacher, TrainedStage student, Map<Precision, TunedStage> tuned) {
        String distilled = loaded.recipe().student().train().loss().name() + " + distillation";
        var curves = new ArrayList<TrainingCurve>();
        if (teacher instanceof TrainedStage trained) {
            curves.add(curve("teacher", trained, loaded.recipe().teacher().train().loss().name()));
        }
        curves.add(curve("student", student, distilled));
        tuned.forEach((precision, own) -> curves.add(curve("student " + precision.name().toLowerCase(Locale.ROOT)
                + ", tuned", own.stage(), distilled)));
        return curves;
    }

    private static TrainingCurve curve(String name, TrainedStage stage, String loss) {
        int best = IntStream.range(0, stage.curve().size()).boxed()
                .min(Comparator.comparingDouble(i -> stage.curve().get(i).validationMetric())).orElse(0);
        return new TrainingCurve(name, loss.toLowerCase(Locale.ROOT).replace('_', '-'),
                loss.startsWith("CROSS") ? "validation cross-entropy" : "validation RMSE (scaled)", "", best + 1,
                IntStream.range(0, stage.curve().size()).mapToObj(i -> {
                    var epoch = stage.curve().get(i);
                    double before = i == 0 ? 0 : stage.curve().get(i - 1).seconds();
                    return new TrainingCurve.Epoch(epoch.number(), epoch.trainLoss(), epoch.validationMetric(),
                            epoch.learningRate(), epoch.seconds() - before);
                }).toList());
    }

    /** Held-out units in order of their true value: the picture that papers on remaining life show. */
    private SeriesComparison unitsByTruth(List<JudgedStage> stages) {
        int units = stages.getFirst().predictions().size();
        int[] order = IntStream.range(0, units).boxed()
                .sorted(Comparator.comparingDouble(i -> lastTruth(stages.getFirst().predictions().get(i))))
                .mapToInt(Integer::intValue).toArray();
        var output = data.task().outputs().getFirst();
        return new SeriesComparison(output.name() + " of the held-out units, by true value", output.unit(),
                SeriesComparison.Axis.STEP, IntStream.range(0, units).asDoubleStream().toArray(),
                IntStream.of(order).mapToDouble(i -> lastTruth(stages.getFirst().predictions().get(i))).toArray(),
                stages.stream().map(stage -> new SeriesComparison.Prediction(stage.name(), IntStream.of(order)
                        .mapToDouble(i -> lastPrediction(stage.predictions().get(i))).toArray())).toList(), units);
    }

    private static double lastTruth(Evaluator.Predictions series) {
        return series.part().truth()[series.part().rows() - 1];
    }

    private static double lastPrediction(Evaluator.Predictions series) {
        return series.predicted()[series.part().rows() - 1];
    }

    private List<SeriesComparison> overTime(List<JudgedStage> stages) {
        HeldOutStretch stretch = HeldOutStretch.longest(stages.getFirst().predictions(), COMPARED_ROWS);
        var comparisons = new ArrayList<SeriesComparison>();
        for (int o : drawn()) {
            int output = o;
            var spec = data.task().outputs().get(o);
            var whole = new SeriesComparison(spec.name(), spec.unit(), stretch.axis(),
                    stretch.x(spec.ahead().map(TaskSpec.Ahead::steps).orElse(data.task().horizonSteps()) * data.task().periodMillis()),
                    stretch.truth(output, data.task().outputs().size()),
                    stages.stream().map(stage -> new SeriesComparison.Prediction(stage.name(), stretch.predicted(
                            stage.predictions(), output, data.task().outputs().size()))).toList(),
                    stretch.rows());
            comparisons.add(whole.thinned(PICTURE_COLUMNS));
            comparisons.add(whole.liveliest(PICTURE_COLUMNS));
        }
        return comparisons;
    }

    /** Outputs that are drawn: no classes, and of a forecast of many steps the last one alone. */
    private int[] drawn() {
        TaskSpec task = data.task();
        if (task.kind() == TaskSpec.Kind.CLASSIFICATION) {
            return new int[0];
        }
        return IntStream.range(0, task.outputs().size()).filter(o -> !task.manySteps()
                || task.outputs().get(o).ahead().orElseThrow().steps() == task.horizonSteps()).toArray();
    }

    private List<Histograms> errors(List<JudgedStage> stages) {
        int outputs = data.task().outputs().size();
        var distributions = new ArrayList<Histograms>();
        for (int o : drawn()) {
            var byStage = new LinkedHashMap<String, double[]>();
            for (JudgedStage stage : stages) {
                int output = o;
                byStage.put(stage.name(), stage.predictions().stream().flatMapToDouble(series ->
                        IntStream.range(0, series.part().rows()).map(row -> row * outputs + output).mapToDouble(at ->
                                series.predicted()[at] - series.part().truth()[at]).filter(Double::isFinite)).toArray());
            }
            var spec = data.task().outputs().get(o);
            distributions.add(Histograms.of(spec.name(), spec.unit(), ERROR_BINS, byStage));
        }
        return distributions;
    }

    private List<ErrorProfile> profiles(List<JudgedStage> stages) {
        List<Evaluator.Predictions> first = stages.getFirst().predictions();
        var profiles = new ArrayList<ErrorProfile>();
        for (int output : drawn()) {
            if (first.size() > 1) {
                profiles.add(profile(stages, output, "held-out unit",
                        first.stream().map(series -> series.part().name()).toList(), PartedErrors::bySeries));
            }
            if (!data.heldOut().lastOnly()) {
                profiles.add(profile(stages, output, "stretch of each series", IntStream.range(0, PROFILE_PARTS).mapToObj(i ->
                        100 * i / PROFILE_PARTS + " to " + 100 * (i + 1) / PROFILE_PARTS + " %").toList(),
                        errors -> errors.byTime(PROFILE_PARTS)));
                continue;
            }
            var truth = first.stream().mapToDouble(ReportStep::lastTruth).filter(Double::isFinite).summaryStatistics();
            if (truth.getMax() > truth.getMin()) {
                double width = (truth.getMax() - truth.getMin()) / PROFILE_PARTS;
                profiles.add(profile(stages, output, "true " + data.task().outputs().get(output).name(),
                        IntStream.range(0, PROFILE_PARTS).mapToObj(i -> String.format(Locale.ROOT, "%.4g to %.4g",
                                truth.getMin() + i * width, truth.getMin() + (i + 1) * width)).toList(),
                        errors -> errors.byTruth(truth.getMin(), truth.getMax(), PROFILE_PARTS)));
            }
        }
        return profiles;
    }

    private ErrorProfile profile(List<JudgedStage> stages, int output, String by, List<String> parts,
            Function<PartedErrors, double[]> errors) {
        var spec = data.task().outputs().get(output);
        return new ErrorProfile(spec.name(), spec.unit(), by, parts, stages.stream().map(stage -> new ErrorProfile.Errors(
                stage.name(), errors.apply(new PartedErrors(stage.predictions(), data.task().outputs().size(), output)))).toList());
    }

    private List<KeyValue> provenance() {
        return List.of(
                new KeyValue("recipe", loaded.recipe().name()),
                new KeyValue("recipe SHA-256", Hashing.sha256(loaded.text())),
                new KeyValue("data SHA-256", data.dataHash()),
                new KeyValue("data source", loaded.recipe().data().source()),
                new KeyValue("seed", String.valueOf(loaded.recipe().seed())),
                new KeyValue("Adze", version),
                new KeyValue("Java", System.getProperty("java.vendor") + " " + Runtime.version()),
                new KeyValue("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors"));
    }

    private static String foreign(List<JudgedStage> stages) {
        return stages.getFirst().bundle() == null ? " (the teacher's by " + stages.getFirst().facts().engine() + ")" : "";
    }

    private List<String> methods(List<JudgedStage> stages, Map<Precision, TunedStage> tuned, List<String> verified) {
        int samples = stages.getFirst().judgement().all().get("test.samples").intValue();
        var methods = new ArrayList<>(List.of(
                "Errors: on " + samples + " held-out samples that neither training nor validation saw, computed by the"
                        + " edge runtime that devices run" + foreign(stages) + ", with 95 % bootstrap intervals"
                        + (data.heldOut().lastOnly() ? " over units." : " over blocks of a window's length."),
                "Step latency: one streaming step, batch 1, one thread, on this machine while it ran this report; compare"
                        + " stages with each other, not with other machines.",
                "Golden vectors agreed on the kernels " + String.join(", ", verified) + "."));
        tuned.keySet().forEach(precision -> methods.add("The " + precision.name().toLowerCase(Locale.ROOT)
                + " student was trained on for " + loaded.recipe().quantize().aware().epochs()
                + " epochs with the device's integers in the forward pass."));
        return methods;
    }
}
