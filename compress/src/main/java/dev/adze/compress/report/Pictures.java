package dev.adze.compress.report;

import static dev.adze.compress.report.HtmlReport.numbers;

import dev.adze.compress.report.chart.Axis;
import dev.adze.compress.report.chart.ChartSize;
import dev.adze.compress.report.chart.LineChart;
import dev.adze.compress.report.chart.LineChart.Line;
import dev.adze.compress.report.chart.RangeChart;
import dev.adze.compress.report.chart.ScatterChart;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws the records as charts, each with the table of its numbers. */
final class Pictures {
    /** Rows of a table beside a long series: enough to check the picture by, few enough to read. */
    private static final int SAMPLED_ROWS = 48;
    private static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p99.9", "max");

    private final Markup page;

    Pictures(Markup page) {
        this.page = page;
    }

    void sizeAccuracyLatency(List<StageResult> stages) {
        // Stages measured by different things cannot share an axis: those of the last stage's metric are drawn.
        Metric metric = stages.getLast().metric();
        List<ScatterChart.Point> points = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            StageResult stage = stages.get(i);
            if (stage.fileBytes() == null || !stage.metric().heading().equals(metric.heading())) {
                continue;
            }
            Metric own = stage.metric();
            double p50 = stage.latency() == null ? Double.NaN : stage.latency().p50Micros();
            boolean front = beaten(stage, stages, metric).isEmpty();
            points.add(new ScatterChart.Point(stage.name(),
                    (Double.isNaN(p50) ? "latency not measured" : "step " + Units.micros(p50)) + (front ? ", on the front" : ""), i,
                    stage.fileBytes(), own.value(),
                    own.hasInterval() ? own.ciLow() : Double.NaN, own.hasInterval() ? own.ciHigh() : Double.NaN, p50));
            rows.add(List.of(stage.name(), Units.bytes(stage.fileBytes()), StageTable.value(own), Units.micros(p50),
                    front ? "on it" : "behind " + String.join(", ", beaten(stage, stages, metric))));
        }
        String better = metric.higherIsBetter() ? "higher is better" : "lower is better";
        ScatterChart chart = new ScatterChart("Size, accuracy and latency of each stage",
                "Horizontal: file size, logarithmic. Vertical: " + metric.heading() + ", " + better
                        + ". Area of a bubble: median latency of a step. On the front: no other stage is as good in all three and better in one.",
                Axis.log("file size (log scale)").formatted(bytes -> Units.compact(Units.bytes(Math.round(bytes)))),
                Axis.linear(metric.heading() + ", " + better), points);
        figure("File size, " + metric.name() + " and step latency (area of a bubble)",
                chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                "stage", List.of("file", metric.heading(), "step p50", "Pareto front"), rows);
    }

    /** Stages that are as good in size, accuracy and median latency, and better in one of them. A latency not measured tells nothing. */
    private static List<String> beaten(StageResult stage, List<StageResult> stages, Metric metric) {
        return stages.stream().filter(other -> other.fileBytes() != null && other.metric().heading().equals(metric.heading()))
                .filter(other -> {
                    double sign = metric.higherIsBetter() ? -1 : 1;
                    double accuracy = sign * (other.metric().value() - stage.metric().value());
                    double bytes = other.fileBytes() - (double) stage.fileBytes();
                    double time = other.latency() == null || stage.latency() == null ? 0
                            : other.latency().p50Micros() - stage.latency().p50Micros();
                    return accuracy <= 0 && bytes <= 0 && time <= 0 && (accuracy < 0 || bytes < 0 || time < 0);
                }).map(StageResult::name).toList();
    }

    void comparison(SeriesComparison series) {
        boolean time = series.axis() == SeriesComparison.Axis.EPOCH_MILLIS;
        List<Line> lines = new ArrayList<>();
        lines.add(new Line("truth", -1, series.x(), series.truth()));
        List<String> headings = new ArrayList<>(List.of("truth"));
        for (int i = 0; i < series.predictions().size(); i++) {
            SeriesComparison.Prediction prediction = series.predictions().get(i);
            lines.add(new Line(prediction.stage(), i, series.x(), prediction.values()));
            headings.add(prediction.stage());
        }
        String unit = series.unit().isEmpty() ? "" : " [" + series.unit() + "]";
        LineChart chart = new LineChart(series.name() + ": forecast against truth",
                "Truth and " + series.predictions().size() + " forecasts over " + series.totalPoints()
                        + " held-out points.",
                time ? Axis.time(timeTitle(series.x())) : Axis.tight("step"), Axis.linear(series.name() + unit), lines);
        List<List<String>> rows = new ArrayList<>();
        int points = series.x().length;
        int shown = Math.min(points, SAMPLED_ROWS);
        for (int r = 0; r < shown; r++) {
            int i = shown == 1 ? 0 : (int) ((long) r * (points - 1) / (shown - 1));
            List<String> row = new ArrayList<>();
            row.add(time ? instant(series.x()[i]) : Units.significant(series.x()[i], 6));
            row.add(Units.significant(series.truth()[i], 4));
            series.predictions().forEach(prediction -> row.add(Units.significant(prediction.values()[i], 4)));
            rows.add(row);
        }
        String caption = series.name() + unit + ", " + Units.exact(series.totalPoints()) + " points of the held-out part";
        page.figure(caption, chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                shown < points ? caption + ", of which " + shown + " at even distances are listed" : caption,
                numbers(time ? "time (UTC)" : "step", headings), rows);
    }

    void errors(Histograms errors) {
        String unit = errors.unit().isEmpty() ? "" : " [" + errors.unit() + "]";
        List<Line> lines = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < errors.stages().size(); i++) {
            Histograms.Histogram histogram = errors.stages().get(i);
            lines.add(steps(histogram, errors.edges(), i));
            rows.add(List.of(histogram.stage(), Units.exact(histogram.total()), Units.significant(histogram.mean(), 3),
                    Units.significant(histogram.deviation(), 3), Units.significant(histogram.q05(), 3),
                    Units.significant(histogram.median(), 3), Units.significant(histogram.q95(), 3),
                    Units.significant(histogram.worst(), 3), Units.exact(histogram.below() + histogram.above())));
        }
        LineChart chart = new LineChart(errors.name() + ": distribution of errors",
                "Share of held-out points by error, forecast minus truth, for each stage.",
                Axis.tight("forecast − truth" + unit), Axis.linear("share of points [%]"), lines);
        figure("Errors of " + errors.name() + unit,
                chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()), "stage",
                List.of("points", "mean (bias)", "deviation", "5 %", "median", "95 %", "worst", "outside picture"),
                rows);
    }

    /** The outline of a histogram, as a share of all points in percent. */
    static Line steps(Histograms.Histogram histogram, double[] edges, int style) {
        int bins = histogram.counts().length;
        double[] x = new double[2 * bins];
        double[] y = new double[2 * bins];
        double total = Math.max(1, histogram.total());
        for (int b = 0; b < bins; b++) {
            x[2 * b] = edges[b];
            x[2 * b + 1] = edges[b + 1];
            y[2 * b] = y[2 * b + 1] = 100 * histogram.counts()[b] / total;
        }
        return new Line(histogram.stage(), style, x, y);
    }

    void training(List<TrainingCurve> curves) {
        // Stages that share a name share a picture: MSE losses are comparable, an MSE and a hint loss are not.
        group(curves, TrainingCurve::lossName).forEach((loss, group) ->
                trainingChart("Training loss (" + loss + ")", Axis.log(loss + " (log scale)"), group, false));
        group(curves, curve -> curve.metricName() + unit(curve)).forEach((metric, group) ->
                trainingChart(metric, Axis.linear(metric), group, true));
        for (TrainingCurve curve : curves) {
            List<List<String>> rows = new ArrayList<>();
            for (TrainingCurve.Epoch epoch : curve.epochs()) {
                boolean best = curve.bestEpoch() != null && curve.bestEpoch() == epoch.epoch();
                rows.add(List.of(epoch.epoch() + (best ? " (kept)" : ""), Units.significant(epoch.trainLoss(), 4),
                        Units.significant(epoch.validationMetric(), 4), Units.significant(epoch.learningRate(), 3),
                        Units.seconds(epoch.seconds())));
            }
            double total = curve.epochs().stream().mapToDouble(TrainingCurve.Epoch::seconds).sum();
            String caption = "Training of " + curve.stage() + ": " + curve.epochs().size() + " epochs, "
                    + Units.seconds(total);
            page.raw("<details><summary>").raw(dev.adze.compress.report.chart.Xml.escape(caption)).raw("</summary>\n");
            page.scrollingTable(caption, numbers("epoch", List.of(curve.lossName(),
                    curve.metricName() + unit(curve), "learning rate", "time")), rows);
            page.raw("</details>\n");
        }
    }

    private static String unit(TrainingCurve curve) {
        return curve.metricUnit().isEmpty() ? "" : " [" + curve.metricUnit() + "]";
    }

    private static Map<String, List<TrainingCurve>> group(
            List<TrainingCurve> curves, java.util.function.Function<TrainingCurve, String> key) {
        Map<String, List<TrainingCurve>> groups = new LinkedHashMap<>();
        curves.forEach(curve -> groups.computeIfAbsent(key.apply(curve), _ -> new ArrayList<>()).add(curve));
        return groups;
    }

    private void trainingChart(String caption, Axis axis, List<TrainingCurve> curves, boolean metric) {
        List<Line> lines = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < curves.size(); i++) {
            TrainingCurve curve = curves.get(i);
            double[] x = curve.epochs().stream().mapToDouble(TrainingCurve.Epoch::epoch).toArray();
            double[] y = curve.epochs().stream()
                    .mapToDouble(metric ? TrainingCurve.Epoch::validationMetric : TrainingCurve.Epoch::trainLoss)
                    .toArray();
            int kept = curve.bestEpoch() == null ? -1 : indexOf(x, curve.bestEpoch());
            lines.add(new Line(curve.stage(), i, x, y, metric ? kept : -1));
            rows.add(List.of(curve.stage(), Integer.toString(y.length),
                    y.length == 0 ? Units.MISSING : Units.significant(y[0], 4),
                    y.length == 0 ? Units.MISSING : Units.significant(y[y.length - 1], 4),
                    Units.significant(Arrays.stream(y).filter(Double::isFinite).min().orElse(Double.NaN), 4),
                    Units.significant(Arrays.stream(y).filter(Double::isFinite).max().orElse(Double.NaN), 4),
                    kept < 0 ? Units.MISSING : Units.significant(y[kept], 4)));
        }
        LineChart chart = new LineChart(caption,
                caption + " after each epoch, by stage." + (metric ? " A ring marks the epoch that was kept." : ""),
                Axis.tight("epoch"), axis, lines);
        figure(caption, chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                "stage", List.of("epochs", "first", "last", "lowest", "highest", "kept"), rows);
    }

    private static int indexOf(double[] x, int epoch) {
        for (int i = 0; i < x.length; i++) {
            if (x[i] == epoch) {
                return i;
            }
        }
        return -1;
    }

    void live(LiveRun live) {
        List<RangeChart.Row> ranges = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (LatencySummary stage : live.stages()) {
            Double[] values = {stage.p50(), stage.p90(), stage.p99(), stage.p999(), stage.max()};
            ranges.add(new RangeChart.Row(stage.stage(), Arrays.stream(values)
                    .mapToDouble(value -> value == null ? Double.NaN : value).toArray()));
            List<String> row = new ArrayList<>(List.of(stage.stage(), Units.exact(stage.count())));
            Arrays.stream(values).map(Units::micros).forEach(row::add);
            rows.add(row);
        }
        RangeChart chart = new RangeChart("Latency of each stage of the live agent",
                "Percentiles of latency by stage on a logarithmic axis.",
                Axis.log("latency (log scale)").formatted(micros -> Units.compact(Units.micros(micros))), PERCENTILES, ranges);
        List<String> headings = new ArrayList<>(List.of("samples"));
        headings.addAll(PERCENTILES);
        figure("Latency by stage", chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                "stage", headings, rows);
    }

    /** Names the day, which labels of hours and minutes do not. */
    private static String timeTitle(double[] x) {
        return x.length == 0 || !(Math.abs(x[0]) < 1e14) ? "time (UTC)" : "time (UTC), from " + instant(x[0]).substring(0, 10);
    }

    private static String instant(double millis) {
        return Math.abs(millis) < 1e14 ? Instant.ofEpochMilli((long) millis).toString() : Units.significant(millis, 6);
    }

    private void figure(
            String caption, String wide, String narrow, String first, List<String> headings, List<List<String>> rows) {
        page.figure(caption, wide, narrow, numbers(first, headings), rows);
    }
}
