package dev.adze.compress.report.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Horizontal bars from zero, each with its own limit line, interval and further mark. Bars much longer than most are
 * cut with a break, since the short ones are what one wants to compare; the figure at a bar's end is always whole.
 *
 * @param title      for screen readers
 * @param strongName legend for bars that stand out
 * @param plainName  legend for the others
 * @param limitName  legend of the limit lines
 * @param markName   legend of the further mark
 */
public record BarChart(
        String title,
        String description,
        Axis x,
        String strongName,
        String plainName,
        String limitName,
        String markName,
        List<Bar> bars) {
    /** Bars are cut at so many times the median. */
    private static final double CUT = 4;
    private static final double HALF = 7;

    /**
     * @param value length; NaN where there is none, then {@code figure} says why
     * @param low   lower end of the value's interval; NaN for none
     * @param mark  further mark on the same axis; NaN for none
     * @param limit where the limit line stands; NaN for none
     */
    public record Bar(
            String name, String figure, boolean strong, double value, double low, double high, double mark, double limit) {}

    public BarChart {
        bars = List.copyOf(bars);
    }

    /** One SVG element; {@code id} must be unique in the page. */
    public String svg(ChartSize size, String id) {
        double end = end();
        List<Legend.Entry> legend = new ArrayList<>();
        entry(legend, strongName, "s0", Marker.SQUARE, bars.stream().anyMatch(Bar::strong));
        entry(legend, plainName, "plain", Marker.SQUARE, bars.stream().anyMatch(bar -> !bar.strong()));
        entry(legend, markName, "s3", Marker.DIAMOND, bars.stream().anyMatch(bar -> Double.isFinite(bar.mark())));
        if (bars.stream().anyMatch(bar -> Double.isFinite(bar.limit()))) {
            legend.add(new Legend.Entry(limitName, "limit", null, true));
        }
        RowFrame frame = new RowFrame(size, id, title, description, x, new double[] {0, end},
                bars.stream().map(Bar::name).toList(),
                bars.stream().map(bar -> Double.isFinite(bar.value()) ? bar.figure() : "").toList(), new Legend(legend));
        for (int i = 0; i < bars.size(); i++) {
            draw(frame, i, bars.get(i));
        }
        return frame.svg.close().toString();
    }

    private static void entry(List<Legend.Entry> legend, String name, String style, Marker marker, boolean used) {
        if (used && !name.isBlank()) {
            legend.add(new Legend.Entry(name, style, marker, false));
        }
    }

    /** Where the axis ends: with the longest bar, limit or interval that is not beyond the cut. */
    private double end() {
        double[] values = bars.stream().mapToDouble(Bar::value).filter(v -> Double.isFinite(v) && v > 0).sorted().toArray();
        if (values.length == 0) {
            return 1;
        }
        double cut = CUT * values[values.length / 2];
        double longest = values[values.length - 1];
        double limits = bars.stream().mapToDouble(Bar::limit).filter(Double::isFinite).max().orElse(0);
        double bar = longest <= cut * 1.25 ? longest : cut;
        double intervals = bars.stream().mapToDouble(Bar::high).filter(v -> Double.isFinite(v) && v <= cut).max().orElse(0);
        return Arrays.stream(new double[] {bar, limits, intervals}).max().getAsDouble();
    }

    private void draw(RowFrame frame, int row, Bar bar) {
        double y = frame.centre(row);
        Svg svg = frame.svg;
        double zero = frame.x.map(0);
        if (!Double.isFinite(bar.value())) {
            svg.text("text", bar.figure(), "class", "axis", "x", zero + 6, "y", y + 4);
            return;
        }
        boolean cut = bar.value() > frame.x.high();
        double to = frame.x.map(Math.max(0, bar.value()));
        svg.open("g");
        svg.text("title", bar.name() + ": " + bar.figure());
        svg.empty("rect", "class", "bar " + (bar.strong() ? "s0" : "plain"),
                "x", zero, "y", y - HALF, "width", to - zero, "height", 2 * HALF);
        if (cut) {
            double at = to - 14;
            svg.empty("path", "class", "break", "d", "M" + Svg.px(at) + " " + Svg.px(y + HALF + 3) + "l6 -20M"
                    + Svg.px(at + 6) + " " + Svg.px(y + HALF + 3) + "l6 -20");
        } else if (Double.isFinite(bar.low()) && Double.isFinite(bar.high()) && bar.high() <= frame.x.high()) {
            double low = frame.x.map(Math.max(0, bar.low()));
            double high = frame.x.map(bar.high());
            svg.empty("path", "class", "whisker", "d", "M" + Svg.px(low) + " " + Svg.px(y) + "H" + Svg.px(high)
                    + "M" + Svg.px(low) + " " + Svg.px(y - 4) + "v8M" + Svg.px(high) + " " + Svg.px(y - 4) + "v8");
        }
        double label = to;
        if (Double.isFinite(bar.mark()) && bar.mark() >= 0 && bar.mark() <= frame.x.high()) {
            double mark = frame.x.map(bar.mark());
            svg.empty("path", "class", "mark s3", "d", Marker.DIAMOND.path(mark, y, 4.5));
            label = Math.max(label, mark + 4);
        }
        if (Double.isFinite(bar.limit()) && bar.limit() >= 0) {
            double limit = frame.x.map(bar.limit());
            svg.empty("line", "class", "limit", "x1", limit, "x2", limit, "y1", y - HALF - 5, "y2", y + HALF + 5);
            if (limit > label && limit - label < 8) {
                label = limit + 2;
            }
        }
        frame.figure(row, bar.figure(), bar.strong() ? "name" : "figure", label);
        svg.close();
    }
}
