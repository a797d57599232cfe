package dev.adze.compress.report.chart;

import java.util.ArrayList;
import java.util.List;

/** Names of the series over the plot, in as many rows as they need. */
record Legend(List<Entry> entries) {
    static final double ROW = 18;
    private static final double SAMPLE = 26;
    private static final double GAP = 16;

    /** @param style CSS class that gives colour and dashes; {@code marker} null for lines without one */
    record Entry(String name, String style, Marker marker, boolean line) {}

    /** Rows that fit the width; a name longer than a row is cut. */
    List<List<Entry>> rows(double width) {
        List<List<Entry>> rows = new ArrayList<>();
        double used = 0;
        for (Entry entry : entries) {
            Entry fitted = new Entry(
                    Labels.cut(entry.name(), width - SAMPLE), entry.style(), entry.marker(), entry.line());
            double needed = SAMPLE + Labels.width(fitted.name()) + GAP;
            if (rows.isEmpty() || used + needed - GAP > width) {
                rows.add(new ArrayList<>());
                used = 0;
            }
            rows.getLast().add(fitted);
            used += needed;
        }
        return rows;
    }

    void draw(Svg svg, double left, double top, double width) {
        double y = top + ROW / 2;
        for (List<Entry> row : rows(width)) {
            double x = left;
            for (Entry entry : row) {
                if (entry.line()) {
                    svg.empty("path", "class", "line " + entry.style(),
                            "d", "M" + Svg.px(x) + " " + Svg.px(y) + "L" + Svg.px(x + 20) + " " + Svg.px(y));
                }
                if (entry.marker() != null) {
                    svg.empty("path", "class", "mark " + entry.style(), "d", entry.marker().path(x + 10, y, 4));
                }
                svg.text("text", entry.name(), "x", x + SAMPLE, "y", y + 4);
                x += SAMPLE + Labels.width(entry.name()) + GAP;
            }
            y += ROW;
        }
    }
}
