package dev.adze.compress.report.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Points of which some form a front, both axes to be small: the front as a staircase with labelled marks, the others as small
 * plain dots, the chosen one ringed, limits as lines.
 *
 * @param title       for screen readers
 * @param description one or two sentences for those who cannot see the picture
 * @param xLimit      largest allowed x; NaN for none
 */
public record ParetoChart(String title, String description, Axis x, Axis y, double xLimit, List<Point> points) {
    /** @param name beside the mark of a point on the front */
    public record Point(String name, double x, double y, boolean front, boolean chosen) {}

    public ParetoChart {
        points = List.copyOf(points);
    }

    /** One SVG element; {@code id} must be unique in the page. */
    public String svg(ChartSize size, String id) {
        Extent xs = new Extent(x);
        Extent ys = new Extent(y);
        points.forEach(point -> {
            xs.add(point.x());
            ys.add(point.y());
        });
        var legend = new ArrayList<Legend.Entry>();
        legend.add(new Legend.Entry("front", "s0", Marker.CIRCLE, true));
        legend.add(new Legend.Entry("other trials", "plain", Marker.DIAMOND, false));
        if (points.stream().anyMatch(Point::chosen)) {
            legend.add(new Legend.Entry("chosen", "s1", Marker.SQUARE, false));
        }
        Frame frame = new Frame(size, id, title, description, x, y, roomy(xs.range(), x), roomy(ys.range(), y), new Legend(legend));
        frame.openPlot("number");
        List<Point> shown = points.stream().filter(p -> frame.x.shows(p.x()) && frame.y.shows(p.y())).toList();
        if (xLimit >= frame.x.low() && xLimit <= frame.x.high()) {
            frame.svg.empty("line", "class", "limit", "x1", frame.x.map(xLimit), "x2", frame.x.map(xLimit), "y1", frame.top, "y2", frame.bottom);
        }
        for (Point point : shown) {
            if (!point.front()) {
                mark(frame, point, "plain", Marker.DIAMOND, 3);
            }
        }
        List<Point> front = shown.stream().filter(Point::front).sorted(Comparator.comparingDouble(Point::x)).toList();
        staircase(frame, front);
        for (Point point : front) {
            mark(frame, point, point.chosen() ? "s1" : "s0", point.chosen() ? Marker.SQUARE : Marker.CIRCLE, point.chosen() ? 6 : 4.5);
            if (size == ChartSize.WIDE || point.chosen()) {
                double px = Math.min(frame.x.map(point.x()) + 8, frame.right - Labels.width(point.name()));
                frame.svg.text("text", point.name(), "class", "name", "x", px, "y", frame.y.map(point.y()) - 7);
            }
        }
        frame.svg.close();
        if (shown.isEmpty()) {
            frame.nothing("no values to show");
        }
        return frame.svg.close().toString();
    }

    private static void mark(Frame frame, Point point, String style, Marker marker, double radius) {
        frame.svg.open("g");
        frame.svg.text("title", point.name());
        frame.svg.empty("path", "class", "mark " + style, "d", marker.path(frame.x.map(point.x()), frame.y.map(point.y()), radius));
        frame.svg.close();
    }

    /** Between two points of the front nothing better than the left one's y is known. A third objective bends it: then no line. */
    private static void staircase(Frame frame, List<Point> front) {
        var path = new StringBuilder();
        double low = Double.POSITIVE_INFINITY;
        for (Point point : front) {
            if (point.y() >= low) {
                continue; // on the front by another objective
            }
            double px = frame.x.map(point.x());
            double py = frame.y.map(point.y());
            path.append(path.isEmpty() ? "M" + Svg.px(px) + " " + Svg.px(py) : "H" + Svg.px(px) + "V" + Svg.px(py));
            low = point.y();
        }
        if (!path.isEmpty()) {
            frame.svg.empty("path", "class", "line s0", "d", path.append("H").append(Svg.px(frame.right)));
        }
    }

    private static double[] roomy(double[] range, Axis axis) {
        if (axis.kind() == Axis.Kind.LOG) {
            return new double[] {range[0] / 1.2, range[1] * 1.2};
        }
        double room = 0.1 * Math.max(range[1] - range[0], Math.abs(range[1]) * 1e-3);
        return new double[] {Math.max(range[0] >= 0 ? 0 : -Double.MAX_VALUE, range[0] - room), range[1] + room};
    }
}
