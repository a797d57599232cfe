package dev.adze.compress.recipe;

import dev.adze.compress.data.DataFormat;
import dev.adze.compress.data.DataSpec;
import dev.adze.compress.dataset.Scaling;
import dev.adze.compress.distill.DistillSpec;
import dev.adze.compress.export.ExportTarget;
import dev.adze.compress.quantize.Calibration;
import dev.adze.compress.quantize.Rounding;
import dev.adze.compress.train.TrainSpec;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.List;
import java.util.Map;

/**
 * One run from sensor data to bundles. Fields left out of the file take the defaults of
 * {@code recipe-defaults.yaml} beside the schema.
 *
 * @param name    of the run and its bundles; letters, digits, dot, dash, underscore
 * @param seed    everything random derives from it
 * @param staticInputs inputs that are constant for a unit, which the head of every network sees as they are, too; {@code
 *                task.staticInputs} in the file
 * @param given   the teacher's file, if it was trained elsewhere
 * @param assistants networks between teacher and student, each taught by the one before (Mirzadeh et al. 2020)
 * @param anomaly how errors become alarms, for task kind ANOMALY
 * @param threads of LibTorch; 0 for one a core. Results are reproducible for one thread count
 */
public record Recipe(
        String name,
        String title,
        long seed,
        int threads,
        Data data,
        Task task,
        List<String> staticInputs,
        Split split,
        Preprocess preprocess,
        Stage teacher,
        GivenTeacher given,
        List<Stage> assistants,
        Stage student,
        DistillSpec distill,
        Sparsify sparsify,
        Quantize quantize,
        Export export,
        AnomalySpec anomaly) {

    /**
     * @param folder    where {@code files} lie; relative to the recipe's folder, or to the current one with
     *                  {@code --data}
     * @param files     of the training data (and of everything, where {@code testFiles} is empty); globs
     * @param testFiles held-out part given by the publisher
     * @param rulFile   C-MAPSS: true remaining useful life of the test units
     * @param source    where the data can be had from, for people
     * @param sha256    of the uncompressed files by name without {@code .gz}; checked where given
     */
    public record Data(
            String folder,
            List<String> files,
            List<String> testFiles,
            String rulFile,
            DataFormat format,
            String timeColumn,
            String timeUnit,
            String timeFormat,
            long periodMillis,
            String unitColumn,
            DataSpec.SeriesBy seriesBy,
            String separator,
            List<String> missing,
            List<String> keep,
            List<String> drop,
            Map<String, String> rename,
            Map<String, String> units,
            String source,
            Map<String, String> sha256) {}

    /** What a forecast starts from; the network tells the difference. */
    public enum RelativeTo {
        /** Nothing: the network tells the value itself. */
        NONE,
        /** The channel's newest value. */
        LAST,
        /** The channel's mean over the window. */
        WINDOW_MEAN,
        /** The mean over the window's values at the same place of the season (the same hour of the days before). */
        SEASON
    }

    /** How the network's targets come from the data. */
    public enum Target {
        /** Rows left until the series' end, capped. */
        REMAINING_LIFE,
        /** The target channels' own values {@code horizonSteps} later. */
        AHEAD,
        /** A column of the data, which is then no input. */
        COLUMN
    }

    /**
     * @param inputs       channels; empty: all that are neither constant nor a copy of another, nor a target column
     * @param targets      channels or columns to predict; unused for remaining life
     * @param averageSteps AHEAD: the mean over this many steps that end at the horizon
     * @param everyStep    AHEAD: each step up to the horizon is an output, not the last alone
     * @param relativeTo   AHEAD: what the network's outputs are differences from
     * @param seasonSteps  of {@link RelativeTo#SEASON}
     * @param cap          REMAINING_LIFE: larger values count as this (Heimes 2008)
     * @param classes      CLASSIFICATION: names of the classes 0, 1, ...
     * @param label        ANOMALY: the column that is 1 where something is unusual and 0 elsewhere; never an input
     */
    public record Task(
            TaskSpec.Kind kind,
            TaskSpec.Mode mode,
            Target target,
            int windowSteps,
            int stride,
            int horizonSteps,
            int averageSteps,
            boolean everyStep,
            RelativeTo relativeTo,
            int seasonSteps,
            double cap,
            List<String> inputs,
            List<String> targets,
            List<String> classes,
            String label) {}

    /**
     * @param blockSteps rows of a block, for {@code by: block}
     * @param rows       for {@code by: rows}: how many of every series train, then validate, then test
     * @param seed       of what is drawn; 0 for the recipe's
     * @param test       unused where the data has test files of its own
     */
    public record Split(By by, int blockSteps, List<Integer> rows, long seed, double validation, double test) {
        public enum By { TIME, UNIT, BLOCK, ROWS }
    }

    /** See {@link dev.adze.runtime.preprocess.PreprocessSpec}. */
    public record Preprocess(
            Scaling scaling, int forwardFillSteps, boolean interpolate, double clip, List<Double> emaAlphas,
            boolean validityMask) {}

    /** @param preset a name from {@link Presets}, or {@code custom} with {@code layers} and {@code hiddenSize} */
    public record Stage(String preset, int layers, int hiddenSize, Architecture architecture, TrainSpec train) {}

    /**
     * Other engines that the last bundle is written for, after all else.
     *
     * @param precision {@code auto} for the bundle's own, or {@code fp32}, {@code int8}; safetensors files are fp32 always
     */
    public record Export(List<ExportTarget> to, String precision) {}

    /**
     * @param precisions    of the student's bundles beside fp32: {@code fp16}, {@code int8}, {@code int4}, {@code mixed}
     * @param goldenCases   test sequences that travel in a bundle
     * @param goldenSteps   rows of a golden sequence in stream mode
     * @param calibration   how large int8 scales are before any training of them
     * @param rounding      of int8 and int4 students that are not tuned
     * @param biasCorrection whether int8 and int4 students that are not tuned get their mean errors taken out of the biases
     * @param sensitivity   whether the report tells what each gate's int8 and int4 weights alone cost
     * @param aware         quantization-aware training
     * @param mixed         how a precision is chosen for every layer, for {@code mixed} among the precisions
     */
    public record Quantize(List<String> precisions, int goldenCases, int goldenSteps, Calibration calibration,
            Rounding rounding, boolean biasCorrection, boolean sensitivity, Aware aware, Mixed mixed) {}

    /**
     * Fine-tuning of the distilled student with the device's integers in the forward pass, once a precision.
     *
     * @param epochs       0 for none: post-training quantization
     * @param learningRate the peak; the other settings are the student's
     * @param precisions   {@code int8}, {@code int4}: which of {@link Quantize#precisions} are tuned
     */
    public record Aware(int epochs, double learningRate, List<String> precisions) {}

    /**
     * Budget and choices of a mixed student.
     *
     * @param bytes         of all its tensors; 0 for any
     * @param latencyMicros 99th percentile of a step by the table; 0 for any
     * @param table         latency table, from the recipe's folder; empty for none
     * @param choices       precisions that a layer may have
     */
    public record Mixed(long bytes, double latencyMicros, String table, List<String> choices) {}
}
