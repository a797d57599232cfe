package dev.adze.compress.report;

import static dev.adze.compress.report.HtmlReport.numbers;

import dev.adze.compress.report.chart.Axis;
import dev.adze.compress.report.chart.ChartSize;
import dev.adze.compress.report.chart.HeatChart;
import dev.adze.compress.report.chart.LineChart;
import dev.adze.compress.report.chart.LineChart.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Weights, activations and gates over time, each with the table of its numbers. */
final class InsidePictures {
    /** Rows of a table beside a sample. */
    private static final int SAMPLED_STEPS = 12;

    private final Markup page;

    InsidePictures(Markup page) {
        this.page = page;
    }

    void draw(Inside inside) {
        page.paragraph(inside.description());
        inside.weights().forEach(weights -> histograms(weights, "weight", "weights"));
        inside.activations().forEach(values -> histograms(values, "value", "values"));
        inside.activity().forEach(this::activity);
    }

    private void histograms(Histograms values, String one, String many) {
        List<Line> lines = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < values.stages().size(); i++) {
            Histograms.Histogram histogram = values.stages().get(i);
            lines.add(Pictures.steps(histogram, values.edges(), i));
            rows.add(List.of(histogram.stage(), Units.exact(histogram.total()), Units.significant(histogram.mean(), 3),
                    Units.significant(histogram.deviation(), 3), Units.significant(histogram.q05(), 3),
                    Units.significant(histogram.median(), 3), Units.significant(histogram.q95(), 3),
                    Units.significant(histogram.worst(), 3), Units.exact(histogram.below() + histogram.above())));
        }
        var chart = new LineChart(values.name(), "Share of " + many + " by value, a line each for "
                + String.join(", ", values.stages().stream().map(Histograms.Histogram::stage).toList()) + ".",
                Axis.tight(one), Axis.linear("share of " + many + " [%]"), lines);
        page.figure(values.name(), chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                numbers("signal", List.of(many, "mean", "deviation", "5 %", "median", "95 %", "largest |" + one + "|",
                        "outside picture")), rows);
    }

    private void activity(GateActivity activity) {
        List<Line> lines = new ArrayList<>();
        int steps = activity.signals().stream().mapToInt(signal -> signal.mean().length).max().orElse(0);
        double[] x = IntStream.rangeClosed(1, steps).asDoubleStream().toArray();
        for (int i = 0; i < activity.signals().size(); i++) {
            GateActivity.Signal signal = activity.signals().get(i);
            lines.add(new Line(signal.name(), i, Arrays.copyOf(x, signal.mean().length), signal.mean()));
        }
        String caption = activity.layer() + " over " + activity.sample() + ": mean of its units";
        var chart = new LineChart(caption, "Mean over the units at each step, a line each for "
                + String.join(", ", activity.signals().stream().map(GateActivity.Signal::name).toList()) + ".",
                Axis.tight("step"), Axis.linear("mean over units"), lines);
        List<List<String>> rows = sampled(steps).boxed().flatMap(t -> rows(activity, t).stream()).toList();
        page.figure(caption, chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                numbers("step", List.of("signal", "mean", "5 %", "95 %")), rows);
        activity.signals().stream().filter(signal -> !signal.heat().isEmpty()).forEach(signal -> heat(activity, signal));
    }

    private void heat(GateActivity activity, GateActivity.Signal signal) {
        double reach = signal.heat().stream().flatMapToDouble(Arrays::stream).filter(Double::isFinite).map(Math::abs)
                .max().orElse(0);
        String caption = activity.layer() + " over " + activity.sample() + ": " + signal.name() + " values of its units";
        var chart = new HeatChart(caption, "Units, sorted by their mean, in " + signal.heat().size()
                + " bands from top to bottom; steps from left to right; one colour above zero, another below.",
                Axis.tight("step"), Axis.tight("units, by mean [%]"), 0, reach, signal.heat());
        List<List<String>> rows = sampled(signal.mean().length).mapToObj(t -> List.of(String.valueOf(t + 1),
                Units.significant(signal.heat().getFirst()[t], 3), Units.significant(signal.mean()[t], 3),
                Units.significant(signal.heat().getLast()[t], 3))).toList();
        page.figure(caption, chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                numbers("step", List.of("highest band", "mean", "lowest band")), rows);
    }

    /** One row a signal: signals beside each other would be wider than paper. */
    private static List<List<String>> rows(GateActivity activity, int step) {
        return activity.signals().stream().filter(signal -> step < signal.mean().length).map(signal -> List.of(
                String.valueOf(step + 1), signal.name(), Units.significant(signal.mean()[step], 3),
                Units.significant(signal.q05()[step], 3), Units.significant(signal.q95()[step], 3))).toList();
    }

    private static IntStream sampled(int steps) {
        int shown = Math.min(steps, SAMPLED_STEPS);
        return IntStream.range(0, shown).map(r -> shown == 1 ? 0 : (int) ((long) r * (steps - 1) / (shown - 1)));
    }
}
