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
    final boolean namesAbove;
    private final ChartSize size;

    /**
     * Names stand left of the rows and figures right of them where there is room, else both above each row.
     *
     * @param figures right of the rows; empty for none
     */
    RowFrame(ChartSize size, String id, String title, String description,
            Axis axis, double[] range, List<String> names, List<String> figures, Legend legend) {
        double longest = names.stream().mapToDouble(Labels::width).max().orElse(0);
        double valueRoom = figures.stream().mapToDouble(Labels::width).max().orElse(0) + (figures.isEmpty() ? 0 : 20);
        double legendHeight = legend.rows(size.width - 16).size() * Legend.ROW;
        this.size = size;
        namesAbove = longest + valueRoom > size.width * 0.55;
        rowHeight = namesAbove ? 42 : 26;
        left = namesAbove ? 10 : 20 + longest;
        right = size.width - (namesAbove ? 16 : Math.max(16, valueRoom));
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
        axis(axis);
        for (int row = 0; row < names.size(); row++) {
            if (namesAbove) {
                svg.text("text", Labels.cutMiddle(names.get(row), nameRoom(figures, row)), "x", left, "y", rowTop(row) + 14);
            } else {
                svg.text("text", names.get(row), "x", left - 10, "y", centre(row) + 4, "text-anchor", "end");
            }
        }
    }

    private void axis(Axis axis) {
        for (double tick : x.ticks()) {
            double at = x.map(tick);
            svg.empty("line", "class", "grid", "x1", at, "x2", at, "y1", top, "y2", bottom + 4);
        }
        XLabels.draw(svg, x, bottom + 18, size.width);
        svg.empty("path", "class", "frame", "d", "M" + Svg.px(left) + " " + Svg.px(bottom) + "H" + Svg.px(right));
        svg.text("text", Labels.cut(axis.title(), size.width - 20.0), "class", "axis",
                "x", (left + right) / 2, "y", bottom + 37, "text-anchor", "middle");
    }

    private double nameRoom(List<String> figures, int row) {
        double figure = row < figures.size() ? Labels.width(figures.get(row)) + 8 : 0;
        return Math.max(60, right - left - figure);
    }

    /** The figure of a row: behind its marks, which end at pixel {@code after}, or at the right above them. */
    void figure(int row, String figure, String style, double after) {
        if (namesAbove) {
            svg.text("text", Labels.cut(figure, right - left - 68), "class", style,
                    "x", right, "y", rowTop(row) + 14, "text-anchor", "end");
        } else {
            svg.text("text", figure, "class", style, "x", after + 8, "y", centre(row) + 4);
        }
    }

    /** A light band behind a row, for the eye to keep the line. */
    void shade(int row) {
        svg.empty("rect", "class", "shade", "x", left, "y", rowTop(row) + 1, "width", right - left, "height", rowHeight);
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
