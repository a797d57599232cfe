package dev.adze.compress.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines over a common horizontal axis. Lines break at values that cannot be shown (NaN, infinite, not positive on a
 * logarithmic axis); a point with no neighbour is drawn as a dot.
 *
 * @param title       for screen readers and the hover read-out
 * @param description one or two sentences for those who cannot see the picture
 * @param lines       drawn in order, the last on top
 */
public record LineChart(String title, String description, Axis x, Axis y, List<Line> lines) {
    /** Up to this many points each gets a marker. */
    private static final int MARKED = 40;
    /** From here on lines are drawn thinner. */
    private static final int DENSE = 300;

    /**
     * @param style   number of the series' colour, dashes and marker; -1 for the reference (truth)
     * @param x       [points], ascending
     * @param y       [points]
     * @param highlit index of a point to ring (the best epoch); -1 for none
     */
    public record Line(String name, int style, double[] x, double[] y, int highlit) {
        public Line(String name, int style, double[] x, double[] y) {
            this(name, style, x, y, -1);
        }

        String cssClass() {
            return style < 0 ? "truth" : "s" + style % ChartStyle.SERIES;
        }

        boolean marked() {
            return style >= 0 && y.length <= MARKED;
        }
    }

    public LineChart {
        lines = List.copyOf(lines);
    }

    /** One SVG element; {@code id} must be unique in the page. */
    public String svg(ChartSize size, String id) {
        Extent xs = new Extent(x);
        Extent ys = new Extent(y);
        List<Legend.Entry> entries = new ArrayList<>();
        for (Line line : lines) {
            xs.add(line.x());
            ys.add(line.y());
            entries.add(new Legend.Entry(
                    line.name(), line.cssClass(), line.marked() ? Marker.of(line.style()) : null, true));
        }
        Frame frame = new Frame(size, id, title, description, x, y, xs.range(), ys.range(), new Legend(entries));
        frame.openPlot(x.kind() == Axis.Kind.TIME ? "time" : "number");
        lines.forEach(line -> draw(frame, line, size));
        frame.svg.close();
        if (Double.isNaN(ys.range()[0])) {
            frame.nothing("no values to show");
        }
        return frame.svg.close().toString();
    }

    private static void draw(Frame frame, Line line, ChartSize size) {
        int columns = (int) (frame.right - frame.left);
        int[] kept = Thinning.keep(line.x(), List.of(line.y()), Math.max(1, columns));
        StringBuilder path = new StringBuilder();
        List<double[]> lonely = new ArrayList<>();
        for (int i = 0; i < kept.length; i++) {
            if (!shown(frame, line, kept, i)) {
                continue;
            }
            double px = frame.x.map(line.x()[kept[i]]);
            double py = frame.y.map(line.y()[kept[i]]);
            boolean before = shown(frame, line, kept, i - 1);
            path.append(before ? "L" : "M").append(Svg.px(px)).append(' ').append(Svg.px(py));
            if (line.marked() || !before && !shown(frame, line, kept, i + 1)) {
                lonely.add(new double[] {px, py});
            }
        }
        if (path.isEmpty()) {
            return;
        }
        frame.svg.empty("path", "class", "line data " + line.cssClass() + (kept.length > DENSE ? " dense" : ""), "data-name", line.name(), "d", path);
        Marker marker = line.style() < 0 ? Marker.CIRCLE : Marker.of(line.style());
        for (double[] point : lonely) {
            frame.svg.empty("path", "class", "mark " + line.cssClass(),
                    "d", marker.path(point[0], point[1], size == ChartSize.WIDE ? 3.5 : 3));
        }
        int ring = line.highlit();
        if (ring >= 0 && ring < line.y().length && frame.y.shows(line.y()[ring]) && frame.x.shows(line.x()[ring])) {
            frame.svg.empty("circle", "class", "ring " + line.cssClass(),
                    "cx", frame.x.map(line.x()[ring]), "cy", frame.y.map(line.y()[ring]), "r", 8);
        }
    }

    private static boolean shown(Frame frame, Line line, int[] kept, int i) {
        return i >= 0 && i < kept.length
                && frame.y.shows(line.y()[kept[i]]) && frame.x.shows(line.x()[kept[i]]);
    }
}
