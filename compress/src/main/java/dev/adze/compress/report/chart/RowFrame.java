package dev.adze.compress.report.chart;

import java.util.List;

/** Rows with a name each over a common horizontal axis; as high as the rows need. */
final class RowFrame {
    private static final double BOTTOM = 44;

    final Svg svg = new Svg();
    final Scale x;
    final double left;
    final double right;
    final double top;
    final double bottom;
    private final double rowHeight;
    private final boolean namesAbove;

    /** Names stand left of the rows where there is room, else above each row. */
    RowFrame(ChartSize size, String id, String title, String description,
            Axis axis, double[] range, List<String> names, Legend legend, double valueRoom) {
        double longest = names.stream().mapToDouble(Labels::width).max().orElse(0);
        double legendHeight = legend.rows(size.width - 16).size() * Legend.ROW;
        namesAbove = longest > size.width * 0.4;
        rowHeight = namesAbove ? 42 : 26;
        left = namesAbove ? 10 : 20 + longest;
        right = size.width - Math.max(16, valueRoom);
        top = 10 + legendHeight;
        bottom = top + Math.max(1, names.size()) * rowHeight + 4;
        Scale first = Scale.of(axis, range[0], range[1], left, right, 6);
        int label = first.labels().stream().mapToInt(String::length).max().orElse(1);
        x = Scale.of(axis, range[0], range[1], left, right, size.horizontalTicks(label, right - left));

        svg.open("svg", "xmlns", "http://www.w3.org/2000/svg", "class", "chart " + size.cssClass(),
                "viewBox", "0 0 " + size.width + " " + Svg.px(bottom + BOTTOM), "role", "img",
                "aria-labelledby", id + "-t " + id + "-d");
        svg.text("title", title, "id", id + "-t").text("desc", description, "id", id + "-d");
        svg.empty("rect", "class", "paper", "x", 0, "y", 0, "width", size.width, "height", bottom + BOTTOM);
        legend.draw(svg, 8, 4, size.width - 16);
        axis(axis, size);
        for (int row = 0; row < names.size(); row++) {
            if (namesAbove) {
                svg.text("text", Labels.cut(names.get(row), size.width - 20), "x", left, "y", rowTop(row) + 14);
            } else {
                svg.text("text", names.get(row), "x", left - 10, "y", centre(row) + 4, "text-anchor", "end");
            }
        }
    }

    private void axis(Axis axis, ChartSize size) {
        double free = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < x.ticks().length; i++) {
            double at = x.map(x.ticks()[i]);
            svg.empty("line", "class", "grid", "x1", at, "x2", at, "y1", top, "y2", bottom + 4);
            double half = Labels.width(x.labels().get(i)) / 2;
            double centre = Math.clamp(at, Math.min(half, right), Math.max(half, size.width - 2 - half));
            if (centre - half > free) {
                svg.text("text", x.labels().get(i), "class", "tick",
                        "x", centre, "y", bottom + 18, "text-anchor", "middle");
                free = centre + half + 6;
            }
        }
        svg.empty("path", "class", "frame", "d", "M" + Svg.px(left) + " " + Svg.px(bottom) + "H" + Svg.px(right));
        svg.text("text", Labels.cut(axis.title(), size.width - 20.0), "class", "axis",
                "x", (left + right) / 2, "y", bottom + 37, "text-anchor", "middle");
    }

    private double rowTop(int row) {
        return top + row * rowHeight;
    }

    /** Middle of the part of a row where marks go. */
    double centre(int row) {
        return rowTop(row) + (namesAbove ? 29 : 14);
    }

    @Override
    public String toString() {
        return svg.toString();
    }
}
