package dev.adze.compress.report;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Everything the report of a run shows. Lists may be empty: their part of the page is then left out.
 *
 * @param title       of the page
 * @param subtitle    one line under it
 * @param task        what the model does, in one or two sentences
 * @param stages      in order of the pipeline: the first is what all others are compared with, the last is what a
 *                    device gets
 * @param curves      one a trained stage
 * @param comparisons forecast against truth, one an output worth showing
 * @param errors      distribution of errors, one an output worth showing
 * @param profiles    errors by unit and over time or the life
 * @param sensitivity what parts of the student cost when quantized, one a precision
 * @param inside      weights and activations by gate; null where the student has no plain LSTM layer
 * @param live        the live agent's final report; null where none ran
 * @param provenance  recipe, hashes, seed, versions, machine
 * @param methods     how the numbers were taken, a sentence each
 * @param exports     the last stage as files for other engines: rows of the table, in no picture
 */
public record RunReport(
        String title,
        String subtitle,
        String task,
        List<StageResult> stages,
        List<TrainingCurve> curves,
        List<SeriesComparison> comparisons,
        List<Histograms> errors,
        List<ErrorProfile> profiles,
        List<Sensitivity> sensitivity,
        Inside inside,
        LiveRun live,
        List<KeyValue> provenance,
        List<String> methods,
        List<StageResult> exports) {

    public RunReport {
        Objects.requireNonNull(title, "report title");
        subtitle = subtitle == null ? "" : subtitle;
        task = task == null ? "" : task;
        stages = Lists.copy(stages);
        curves = Lists.copy(curves);
        comparisons = Lists.copy(comparisons);
        errors = Lists.copy(errors);
        profiles = Lists.copy(profiles);
        sensitivity = Lists.copy(sensitivity);
        provenance = Lists.copy(provenance);
        methods = Lists.copy(methods);
        exports = Lists.copy(exports);
    }

    /** A report without exports. */
    public RunReport(String title, String subtitle, String task, List<StageResult> stages, List<TrainingCurve> curves,
            List<SeriesComparison> comparisons, List<Histograms> errors, List<ErrorProfile> profiles,
            List<Sensitivity> sensitivity, Inside inside, LiveRun live, List<KeyValue> provenance, List<String> methods) {
        this(title, subtitle, task, stages, curves, comparisons, errors, profiles, sensitivity, inside, live, provenance,
                methods, null);
    }

    /** A report without profiles, sensitivities and a look inside. */
    public RunReport(String title, String subtitle, String task, List<StageResult> stages, List<TrainingCurve> curves,
            List<SeriesComparison> comparisons, List<Histograms> errors, LiveRun live, List<KeyValue> provenance,
            List<String> methods) {
        this(title, subtitle, task, stages, curves, comparisons, errors, null, null, null, live, provenance, methods);
    }

    /** The same report with the live agent's figures, which come after the run. */
    public RunReport withLive(LiveRun live) {
        return new RunReport(title, subtitle, task, stages, curves, comparisons, errors, profiles, sensitivity, inside, live,
                provenance, methods, exports);
    }

    /** The same report with the rows of what was exported. */
    public RunReport withExports(List<StageResult> exports) {
        return new RunReport(title, subtitle, task, stages, curves, comparisons, errors, profiles, sensitivity, inside, live,
                provenance, methods, exports);
    }

    /** Rows of the table: the stages, then the exports. */
    public List<StageResult> rows() {
        return Stream.concat(stages.stream(), exports.stream()).toList();
    }
}
