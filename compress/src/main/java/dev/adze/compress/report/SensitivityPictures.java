package dev.adze.compress.report;

import static dev.adze.compress.report.HtmlReport.numbers;

import dev.adze.compress.report.chart.Axis;
import dev.adze.compress.report.chart.BarChart;
import dev.adze.compress.report.chart.ChartSize;
import dev.adze.compress.report.chart.LineChart;
import java.util.ArrayList;
import java.util.List;

/** What parts of the student cost when quantized, as bars, and how long it remembers one quantized step, as lines. */
final class SensitivityPictures {
    private final Markup page;

    SensitivityPictures(Markup page) {
        this.page = page;
    }

    void parts(Sensitivity precision) {
        String caption = "The student's validation error with one part in " + precision.precision() + " and the rest in fp32";
        var bars = new ArrayList<BarChart.Bar>();
        for (Sensitivity.Part part : precision.parts()) {
            double change = 100 * (part.error() / precision.error() - 1);
            bars.add(new BarChart.Bar(part.name(), precision.change(part), change > 0, Math.abs(change), Double.NaN, Double.NaN, Double.NaN,
                    Double.NaN));
        }
        var chart = new BarChart(caption, "Change against fp32 in percent, a bar a part; the figure at its end has the sign.",
                Axis.linear("change of " + precision.metric() + ", %, without sign"), "worse than fp32", "better than fp32", "", "", bars);
        page.figure(caption, chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()), precision.columns(),
                precision.rows());
    }

    void lags(List<Sensitivity> precisions) {
        List<Sensitivity> drawn = precisions.stream().filter(precision -> !precision.lags().isEmpty()).toList();
        if (drawn.isEmpty()) {
            return;
        }
        String caption = "What one quantized step moves the window's last output by, by how long before the end it is";
        List<LineChart.Line> lines = new ArrayList<>();
        for (int i = 0; i < drawn.size(); i++) {
            List<Sensitivity.Lag> lags = drawn.get(i).lags();
            lines.add(new LineChart.Line(drawn.get(i).precision(), i, lags.stream().mapToDouble(Sensitivity.Lag::steps).toArray(),
                    lags.stream().mapToDouble(Sensitivity.Lag::displacement).toArray()));
        }
        var chart = new LineChart(caption, "Root mean square over validation windows; all other steps are fp32. A line a precision.",
                Axis.tight("steps before the last"), Axis.log("root mean square, scaled units"), lines);
        List<List<String>> rows = new ArrayList<>();
        for (int l = 0; l < drawn.getFirst().lags().size(); l++) {
            List<String> row = new ArrayList<>(List.of(String.valueOf(drawn.getFirst().lags().get(l).steps())));
            for (Sensitivity precision : drawn) {
                row.add(Units.significant(precision.lags().get(l).displacement(), 3));
            }
            rows.add(row);
        }
        page.figure(caption, chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                numbers("lag", drawn.stream().map(Sensitivity::precision).toList()), rows);
    }
}
