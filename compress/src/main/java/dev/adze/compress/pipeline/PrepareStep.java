package dev.adze.compress.pipeline;

import dev.adze.compress.data.Checksums;
import dev.adze.compress.data.CmapssReader;
import dev.adze.compress.data.DataSource;
import dev.adze.compress.data.DataSpec;
import dev.adze.compress.data.RecordingReader;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.compress.data.TimeSpec;
import dev.adze.compress.dataset.FeatureTable;
import dev.adze.compress.dataset.Imputation;
import dev.adze.compress.dataset.JoinedWindows;
import dev.adze.compress.dataset.ScalingFitter;
import dev.adze.compress.dataset.Split;
import dev.adze.compress.dataset.Targets;
import dev.adze.compress.dataset.TimeGrid;
import dev.adze.compress.dataset.WindowedDataset;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads, splits, scales and windows the data of a recipe. Scaling sees the training split only. */
final class PrepareStep {
    private static final int VERSION = 1;
    /** A gap of more than this many periods cuts a series: state and windows must not cross it. */
    private static final double MAX_GAP_PERIODS = 20;

    private final Recipe recipe;
    private final Path folder;
    private final List<String> notes = new ArrayList<>();

    /** @param folder where the data files lie */
    PrepareStep(Recipe recipe, Path folder) {
        this.recipe = recipe;
        this.folder = folder;
    }

    Prepared run() {
        DataSource source = DataSource.resolve(spec(recipe.data().files()), folder);
        boolean ownTest = !recipe.data().testFiles().isEmpty();
        DataSource testSource = ownTest ? DataSource.resolve(spec(recipe.data().testFiles()), folder) : null;
        verifyFiles(source, testSource);
        SensorRecording recording = TimeGrid.regularize(RecordingReader.read(source), MAX_GAP_PERIODS);
        Targets targets = targets(recording);
        int guard = recipe.task().windowSteps() + targets.horizonSteps();
        double testShare = ownTest ? 0 : recipe.split().test();
        Split split = switch (recipe.split().by()) {
            case TIME -> Split.byTime(recording, recipe.split().validation(), testShare, guard);
            case UNIT -> Split.byUnit(recording, recipe.split().validation(), testShare, splitSeed());
            case BLOCK -> Split.byBlock(recording, recipe.split().blockSteps(), recipe.split().validation(), testShare,
                    guard, splitSeed());
            case ROWS -> Split.byRows(recording, recipe.split().rows(), recipe.task().windowSteps(), targets.horizonSteps());
        };
        List<ChannelSpec> channels = channels(recording, split);
        var preprocess = new PreprocessSpec(channels, recipe.preprocess().forwardFillSteps(), recipe.preprocess().clip(),
                recipe.preprocess().emaAlphas(), recipe.preprocess().validityMask());
        TaskSpec task = new OutputsOfTask(recipe, recording, targets, split).task();
        var imputation = new Imputation(
                recipe.preprocess().interpolate() ? Imputation.Mode.INTERPOLATE : Imputation.Mode.CAUSAL,
                recipe.preprocess().forwardFillSteps());
        Imputation.Filled filled = imputation.apply(recording, split);
        FeatureTable features = FeatureTable.of(filled, preprocess);
        Targets relative = task.relative() ? targets.less(new RowReferences(task, preprocess, features, recording)) : targets;
        Targets scaled = recipe.task().kind() == TaskSpec.Kind.CLASSIFICATION ? targets : relative.scaled(task.outputs());
        int from = (recipe.given().present() ? recipe.student() : recipe.teacher()).train().lossFromStep();
        var training = WindowedDataset.sliding("training", features, scaled, split.train(), recipe.task().windowSteps(),
                recipe.task().stride(), from);
        var validation = WindowedDataset.sliding("validation", features, scaled, split.validation(),
                recipe.task().windowSteps(), recipe.task().stride(), from);
        String trainingHash = source.contentHash();
        String hash = trainingHash;
        HeldOut heldOut;
        double[] uncapped = null;
        boolean anomalies = recipe.task().kind() == TaskSpec.Kind.ANOMALY;
        if (ownTest) {
            SensorRecording test = TimeGrid.regularize(RecordingReader.read(testSource), MAX_GAP_PERIODS);
            hash = Hashing.key(hash, testSource.contentHash(), recipe.data().rulFile().isEmpty() ? "" : lifeFile().contentHash());
            Targets testTargets = testTargets(test);
            var parts = new JudgedParts(recipe, preprocess, task, test, testTargets);
            heldOut = new HeldOut(anomalies ? parts.labelled(test.series()) : parts.of(test.series()),
                    recipe.task().target() == Recipe.Target.REMAINING_LIFE);
            uncapped = recipe.task().target() == Recipe.Target.REMAINING_LIFE ? toDoubles(remainingLife()) : null;
        } else {
            var parts = new JudgedParts(recipe, preprocess, task, recording, targets);
            heldOut = new HeldOut(anomalies ? parts.labelled(split.test()) : parts.of(split.test()), false);
        }
        String key = Hashing.key("prepare", VERSION, trainingHash, recipe.task(), recipe.split(), recipe.preprocess(), preprocess,
                task, recipe.seed());
        HeldOut usual = anomalies ? new JudgedParts(recipe, preprocess, task, recording, targets).usual(split) : null;
        Supplier<HeldOut> trainingRows = () -> new HeldOut(new JudgedParts(recipe, preprocess, task, recording, targets).of(split.train()), false);
        Function<PreprocessSpec, Windows> trainingAs = other -> WindowedDataset.sliding("training", FeatureTable.of(filled, other),
                scaled, split.train(), recipe.task().windowSteps(), recipe.task().stride(), from);
        if (recipe.distill().unlabelled().isEmpty()) {
            return new Prepared(key, hash, preprocess, task, training, validation, heldOut, usual, recipe.anomaly(), uncapped, key,
                    training, trainingAs, trainingRows, List.copyOf(notes));
        }
        DataSource moreSource = DataSource.resolve(spec(recipe.distill().unlabelled()), folder);
        Checksums.verify(moreSource.files(), recipe.data().sha256());
        SensorRecording more = TimeGrid.regularize(RecordingReader.read(moreSource), MAX_GAP_PERIODS);
        Imputation.Filled moreFilled = imputation.apply(more);
        Function<PreprocessSpec, Windows> unlabelledAs = other -> WindowedDataset.unlabelled(FeatureTable.of(moreFilled, other),
                training.targetCount(), more.series(), recipe.task().windowSteps(), recipe.task().stride());
        Windows unlabelled = unlabelledAs.apply(preprocess);
        notes.add("unlabelled: " + unlabelled.size() + " windows, on which the teacher alone teaches");
        return new Prepared(key, hash, preprocess, task, training, validation, heldOut, usual, recipe.anomaly(), uncapped,
                Hashing.key(key, moreSource.contentHash()), new JoinedWindows(training, unlabelled),
                other -> new JoinedWindows(trainingAs.apply(other), unlabelledAs.apply(other)), trainingRows, List.copyOf(notes));
    }

    /** @param testSource null where the data has no test files of its own */
    private void verifyFiles(DataSource source, DataSource testSource) {
        var files = new ArrayList<>(source.files());
        if (testSource != null) {
            files.addAll(testSource.files());
            if (!recipe.data().rulFile().isEmpty()) {
                files.addAll(lifeFile().files());
            }
        }
        Checksums.verify(files, recipe.data().sha256());
    }

    private DataSpec spec(List<String> files) {
        Recipe.Data data = recipe.data();
        return DataSpec.of(files)
                .withFormat(data.format())
                .withTime(new TimeSpec(data.timeColumn(), data.timeUnit(), data.timeFormat(), data.periodMillis()))
                .withUnitColumn(data.unitColumn())
                .withSeriesBy(data.seriesBy())
                .withSeparator(data.separator().isEmpty() ? '\0' : data.separator().charAt(0))
                .withMissing(data.missing())
                .withKeep(data.keep())
                .withDrop(data.drop())
                .withLabels(labels())
                .withRename(data.rename())
                .withUnits(data.units());
    }

    /** A class column may hold the classes' names or their numbers. */
    private SequencedMap<String, List<String>> labels() {
        var labels = new LinkedHashMap<String, List<String>>();
        if (recipe.task().kind() == TaskSpec.Kind.CLASSIFICATION) {
            recipe.task().targets().forEach(column -> labels.put(column, recipe.task().classes()));
        }
        return labels;
    }

    private Targets targets(SensorRecording recording) {
        Recipe.Task task = recipe.task();
        if (task.target() != Recipe.Target.REMAINING_LIFE && task.targets().isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE, "the recipe names nothing to predict: set task.targets");
        }
        return switch (task.target()) {
            case REMAINING_LIFE -> Targets.remainingLife(recording, (float) task.cap());
            case AHEAD -> task.everyStep() ? Targets.everyStep(recording, task.targets(), task.horizonSteps())
                    : Targets.forecast(recording, task.targets(), task.horizonSteps(), task.averageSteps());
            case COLUMN -> task.kind() == TaskSpec.Kind.CLASSIFICATION
                    ? Targets.classes(recording, task.targets().getFirst(), task.classes().size())
                    : Targets.columns(recording, task.targets());
        };
    }

    private long splitSeed() {
        return recipe.split().seed() == 0 ? recipe.seed() : recipe.split().seed();
    }

    private Targets testTargets(SensorRecording test) {
        return recipe.task().target() == Recipe.Target.REMAINING_LIFE
                ? Targets.remainingLife(test, (float) recipe.task().cap(), remainingLife())
                : targets(test);
    }

    private float[] remainingLife() {
        if (recipe.data().rulFile().isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "test units are cut off before failure: name the file of their remaining lives in data.rulFile");
        }
        return CmapssReader.readRemainingLife(lifeFile().files().getFirst());
    }

    private DataSource lifeFile() {
        return DataSource.resolve(DataSpec.of(recipe.data().rulFile()).withFormat(recipe.data().format()), folder);
    }

    private static double[] toDoubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** The named inputs, or all that carry something the others do not. */
    private List<ChannelSpec> channels(SensorRecording recording, Split split) {
        Recipe.Task task = recipe.task();
        if (!task.inputs().isEmpty()) {
            var inputs = new LinkedHashSet<>(task.inputs());
            inputs.addAll(recipe.staticInputs());
            return ScalingFitter.fit(recording.select(List.copyOf(inputs)), split.fitting(), recipe.preprocess().scaling()).channels();
        }
        SensorRecording candidates = task.target() == Recipe.Target.COLUMN ? recording.without(task.targets())
                : task.label().isEmpty() ? recording : recording.without(List.of(task.label()));
        var fitted = ScalingFitter.fit(candidates, split.fitting(), recipe.preprocess().scaling());
        var left = new LinkedHashSet<>(candidates.channelNames());
        fitted.constant().forEach(left::remove);
        if (!fitted.constant().isEmpty()) {
            notes.add("left out, constant in the training part: " + String.join(", ", fitted.constant()));
        }
        if (left.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA,
                    "every channel is constant in the training part; give data that varies");
        }
        for (String name : recipe.staticInputs()) {
            candidates.channelNames().stream().filter(name::equals).findAny().orElseThrow(() -> new AdzeException(
                    AdzeException.Kind.USAGE, "task.staticInputs: " + name + " is no input; the inputs are " + String.join(", ", left)));
            if (!left.contains(name)) {
                throw new AdzeException(AdzeException.Kind.BAD_DATA, "task.staticInputs: " + name + " has one value in the whole training"
                        + " part, so nothing can be learned from it; leave it out");
            }
        }
        return fitted.channels().stream().filter(c -> left.contains(c.name())).toList();
    }
}
