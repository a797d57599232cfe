package dev.adze.compress.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * A row each for several quantities, with marks at certain values (percentiles) and a line from the first to the
 * last. Marks differ in shape and are named in the legend.
 *
 * @param marks names of the marks, in order
 */
public record RangeChart(String title, String description, Axis x, List<String> marks, List<Row> rows) {

    /** Marks stand a little under each other, so that equal values do not hide one another. */
    private static final double SPREAD = 3;

    /** @param values [marks]; NaN where a value is missing */
    public record Row(String name, double[] values) {}

    public RangeChart {
        marks = List.copyOf(marks);
        rows = List.copyOf(rows);
    }

    /** One SVG element; {@code id} must be unique in the page. */
    public String svg(ChartSize size, String id) {
        Extent extent = new Extent(x);
        rows.forEach(row -> extent.add(row.values()));
        List<Legend.Entry> legend = new ArrayList<>();
        for (int m = 0; m < marks.size(); m++) {
            int mark = m;
            if (rows.stream().noneMatch(row -> Double.isFinite(row.values()[mark]))) {
                continue;
            }
            legend.add(new Legend.Entry(marks.get(m), "s" + m % ChartStyle.SERIES, Marker.of(m), false));
        }
        RowFrame frame = new RowFrame(size, id, title, description, x, extent.range(),
                rows.stream().map(Row::name).toList(), List.of(), new Legend(legend));
        for (int r = 0; r < rows.size(); r++) {
            if (r % 2 == 0) {
                frame.shade(r);
            }
            draw(frame, rows.get(r), frame.centre(r));
        }
        return frame.svg.close().toString();
    }

    private void draw(RowFrame frame, Row row, double y) {
        Extent extent = new Extent(x).add(row.values());
        if (Double.isNaN(extent.range()[0])) {
            frame.svg.text("text", "not measured", "class", "axis", "x", frame.left + 4, "y", y + 4);
            return;
        }
        StringBuilder line = new StringBuilder();
        StringBuilder shapes = new StringBuilder();
        for (int m = 0; m < marks.size(); m++) {
            double value = row.values()[m];
            if (frame.x.shows(value)) {
                double px = frame.x.map(value);
                double py = y + SPREAD * (m - (marks.size() - 1) / 2.0);
                line.append(line.isEmpty() ? "M" : "L").append(Svg.px(px)).append(' ').append(Svg.px(py));
                shapes.append(new Svg().empty("path", "class", "mark s" + m % ChartStyle.SERIES,
                        "d", Marker.of(m).path(px, py, 4.5)));
            }
        }
        frame.svg.empty("path", "class", "leader", "d", line).raw(shapes.toString());
    }
}
