package dev.adze.compress.report.chart;

import java.util.List;

/**
 * The part that all charts share: picture, title for screen readers, legend, grid, axes with labels. The vertical
 * axis' title stands level above the axis, where it can be read on a phone.
 */
final class Frame {
    /** Width taken for a character of the 12 px label font: a digit of DejaVu Sans, the widest of the fonts asked for. */
    static final double CHARACTER = 7.6;

    private static final double TITLE_ROW = 20;
    private static final double BOTTOM = 42;
    private static final double RIGHT = 14;

    final Svg svg = new Svg();
    final Scale x;
    final Scale y;
    final double left;
    final double top;
    final double right;
    final double bottom;

    /**
     * @param id   unique in the page; used for the ids of title and description
     * @param xs   [low, high] of the data; NaN where there are none
     * @param ys   likewise
     */
    Frame(ChartSize size, String id, String title, String description,
            Axis xAxis, Axis yAxis, double[] xs, double[] ys, Legend legend) {
        double legendWidth = size.width - 16;
        double legendHeight = legend.rows(legendWidth).size() * Legend.ROW;
        top = 6 + legendHeight + TITLE_ROW + 6;
        bottom = size.height + legendHeight - BOTTOM;
        right = size.width - RIGHT;
        y = Scale.of(yAxis, ys[0], ys[1], bottom, top, 8);
        left = 14 + y.labels().stream().mapToDouble(Labels::width).max().orElse(0);
        x = horizontal(size, xAxis, xs);

        double height = size.height + legendHeight;
        svg.open("svg", "xmlns", "http://www.w3.org/2000/svg", "class", "chart " + size.cssClass(),
                "viewBox", "0 0 " + size.width + " " + Svg.px(height), "role", "img",
                "aria-labelledby", id + "-t " + id + "-d");
        svg.text("title", title, "id", id + "-t").text("desc", description, "id", id + "-d");
        svg.empty("rect", "class", "paper", "x", 0, "y", 0, "width", size.width, "height", height);
        legend.draw(svg, 8, 6, legendWidth);
        axes(xAxis, yAxis, legendHeight);
    }

    /** Labels decide how many ticks fit and ticks decide the labels: two passes settle it. */
    private Scale horizontal(ChartSize size, Axis axis, double[] xs) {
        Scale first = Scale.of(axis, xs[0], xs[1], left, right, 6);
        int longest = first.labels().stream().mapToInt(String::length).max().orElse(1);
        return Scale.of(axis, xs[0], xs[1], left, right, size.horizontalTicks(longest, right - left));
    }

    private void axes(Axis xAxis, Axis yAxis, double legendHeight) {
        svg.text("text", Labels.cut(yAxis.title(), right - 8), "class", "axis", "x", 8, "y", 6 + legendHeight + 14);
        svg.text("text", Labels.cut(xAxis.title(), right - left), "class", "axis",
                "x", (left + right) / 2, "y", bottom + 36, "text-anchor", "middle");
        List<String> yLabels = y.labels();
        for (int i = 0; i < y.ticks().length; i++) {
            double at = y.map(y.ticks()[i]);
            svg.empty("line", "class", "grid", "x1", left, "x2", right, "y1", at, "y2", at);
            svg.text("text", yLabels.get(i), "class", "tick", "x", left - 6, "y", at + 4, "text-anchor", "end");
        }
        for (double tick : x.ticks()) {
            double at = x.map(tick);
            svg.empty("line", "class", "grid", "x1", at, "x2", at, "y1", top, "y2", bottom + 4);
        }
        XLabels.draw(svg, x, bottom + 18, right + RIGHT);
        svg.empty("path", "class", "frame", "d", "M" + Svg.px(left) + " " + Svg.px(top) + "V" + Svg.px(bottom)
                + "H" + Svg.px(right));
    }

    /** Opens the group of marks and tells the page's read-out script how pixels map back to values. */
    void openPlot(String xKind) {
        svg.open("g", "class", "plot", "data-x", domain(x), "data-y", domain(y), "data-kind", xKind,
                "data-top", top, "data-bottom", bottom);
    }

    private static String domain(Scale scale) {
        String kind = switch (scale) {
            case Scale.Linear _ -> "linear";
            case Scale.Log _ -> "log";
        };
        return scale.low() + " " + scale.high() + " " + Svg.px(scale.start()) + " " + Svg.px(scale.end()) + " " + kind;
    }

    void nothing(String message) {
        svg.text("text", message, "class", "axis", "x", (left + right) / 2, "y", (top + bottom) / 2,
                "text-anchor", "middle");
    }

    @Override
    public String toString() {
        return svg.toString();
    }
}
