package dev.adze.compress.report;

import static dev.adze.compress.report.HtmlReport.numbers;

import dev.adze.compress.report.chart.Axis;
import dev.adze.compress.report.chart.ChartSize;
import dev.adze.compress.report.chart.LineChart;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Errors by unit, by stretch of time or of the life, with the table of their numbers. */
final class ProfilePictures {
    private final Markup page;

    ProfilePictures(Markup page) {
        this.page = page;
    }

    void draw(ErrorProfile profile) {
        String of = profile.name() + (profile.unit().isEmpty() ? "" : " [" + profile.unit() + "]");
        String caption = "Root mean square error of " + of + " by " + profile.by();
        double[] x = IntStream.rangeClosed(1, profile.parts().size()).asDoubleStream().toArray();
        List<LineChart.Line> lines = new ArrayList<>();
        for (int i = 0; i < profile.stages().size(); i++) {
            lines.add(new LineChart.Line(profile.stages().get(i).stage(), i, x, profile.stages().get(i).rmse()));
        }
        var chart = new LineChart(caption, "A line for each of " + lines.size() + " stages over " + x.length
                + " parts in the order of the table.", Axis.tight(profile.by() + ", by number in the table"),
                Axis.linear("RMSE of " + of), lines);
        List<List<String>> rows = new ArrayList<>();
        for (int p = 0; p < x.length; p++) {
            int part = p;
            List<String> row = new ArrayList<>(List.of(profile.parts().get(p)));
            profile.stages().forEach(stage -> row.add(Units.significant(stage.rmse()[part], 4)));
            rows.add(row);
        }
        page.figure(caption, chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                numbers(profile.by(), profile.stages().stream().map(ErrorProfile.Errors::stage).toList()), rows);
    }
}
