package dev.adze.compress.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Labelled bubbles: two axes, and a third quantity as the bubble's area. Each has its own marker in the middle, its
 * name beside it (in a legend where the picture is too narrow for that), and an error bar where an interval is known.
 */
public record ScatterChart(String title, String description, Axis x, Axis y, List<Point> points) {
    /** A label nearer to another bubble than to its own is as bad as one that covers so many square pixels. */
    private static final double STRAY = 400;

    /**
     * @param label second line of the label: what the area means, {@code step 48 µs}
     * @param low   lower end of the interval of {@code y}; NaN for none
     * @param area  third quantity, at least 0; NaN where unknown (a small empty bubble)
     */
    public record Point(
            String name, String label, int style, double x, double y, double low, double high, double area) {}

    public ScatterChart {
        points = List.copyOf(points);
    }

    /** One SVG element; {@code id} must be unique in the page. */
    public String svg(ChartSize size, String id) {
        List<Point> shown = points.stream().filter(this::canShow).toList();
        Extent xs = new Extent(x);
        Extent ys = new Extent(y);
        for (Point point : shown) {
            xs.add(point.x());
            ys.add(point.y(), point.low(), point.high());
        }
        boolean inLegend = size == ChartSize.NARROW;
        List<Legend.Entry> legend = !inLegend ? List.of() : shown.stream()
                .map(point -> new Legend.Entry(point.name() + ", " + point.label(), style(point),
                        Marker.of(point.style()), false)).toList();
        Frame frame = new Frame(size, id, title, description, x, y,
                roomy(xs.range(), x), roomy(ys.range(), y), new Legend(legend));
        frame.openPlot("number");
        double largest = shown.stream().mapToDouble(Point::area).filter(Double::isFinite).max().orElse(0);
        double widest = size == ChartSize.WIDE ? 34 : 22;
        List<double[]> taken = new ArrayList<>();
        List<double[]> centres = new ArrayList<>();
        List<Double> radii = new ArrayList<>();
        for (Point point : shown) {
            double part = largest > 0 && Double.isFinite(point.area()) ? Math.max(0, point.area()) / largest : 0;
            double radius = Math.max(5, widest * Math.sqrt(part));
            radii.add(radius);
            double px = frame.x.map(point.x());
            double py = frame.y.map(point.y());
            centres.add(new double[] {px, py});
            // Labels may touch the rim of a large bubble, not its middle.
            double core = Math.min(radius, 9);
            taken.add(new double[] {px - core, py - core, px + core, py + core});
            if (Double.isFinite(point.low()) && Double.isFinite(point.high())) {
                taken.add(new double[] {px - 4, frame.y.map(point.high()), px + 4, frame.y.map(point.low())});
            }
        }
        for (int i = 0; i < shown.size(); i++) {
            bubble(frame, shown.get(i), radii.get(i));
        }
        for (int i = 0; i < shown.size() && !inLegend; i++) {
            label(frame, shown.get(i), radii.get(i), taken, centres);
        }
        frame.svg.close();
        if (shown.isEmpty()) {
            frame.nothing("no values to show");
        }
        return frame.svg.close().toString();
    }

    private static String style(Point point) {
        return "s" + Math.floorMod(point.style(), ChartStyle.SERIES);
    }

    private boolean canShow(Point point) {
        return Double.isFinite(point.x()) && Double.isFinite(point.y())
                && (x.kind() != Axis.Kind.LOG || point.x() > 0) && (y.kind() != Axis.Kind.LOG || point.y() > 0);
    }

    /** Room about the outermost points for their bubbles. */
    private static double[] roomy(double[] range, Axis axis) {
        double low = range[0];
        double high = range[1];
        if (axis.kind() == Axis.Kind.LOG) {
            return new double[] {low / 1.3, high * 1.3};
        }
        double room = high > low ? (high - low) * 0.15 : 0;
        // Errors and accuracies are not negative: no axis below zero for the sake of room.
        return new double[] {low >= 0 ? Math.max(0, low - room) : low - room, high + room};
    }

    private static void bubble(Frame frame, Point point, double radius) {
        double px = frame.x.map(point.x());
        double py = frame.y.map(point.y());
        String style = style(point);
        frame.svg.open("g");
        frame.svg.text("title", point.name() + ", " + point.label());
        frame.svg.empty("circle", "class", "bubble " + style, "cx", px, "cy", py, "r", radius);
        if (Double.isFinite(point.low()) && Double.isFinite(point.high())) {
            double top = frame.y.map(point.high());
            double bottom = frame.y.map(point.low());
            frame.svg.empty("path", "class", "whisker", "d", "M" + Svg.px(px) + " " + Svg.px(top) + "V"
                    + Svg.px(bottom) + "M" + Svg.px(px - 4) + " " + Svg.px(top) + "h8M" + Svg.px(px - 4) + " "
                    + Svg.px(bottom) + "h8");
        }
        frame.svg.empty("path", "class", "mark " + style, "d", Marker.of(point.style()).path(px, py, 4.5));
        frame.svg.close();
    }

    /** The first place about the bubble that is free and inside the plot; where there is none, the least bad. */
    private static void label(
            Frame frame, Point point, double radius, List<double[]> taken, List<double[]> centres) {
        double px = frame.x.map(point.x());
        double py = frame.y.map(point.y());
        String name = Labels.cut(point.name(), (frame.right - frame.left) * 0.6);
        double width = Math.max(Labels.width(name), Labels.width(point.label()));
        double[] best = null;
        double least = Double.POSITIVE_INFINITY;
        for (double distance : new double[] {radius + 6, radius + 22, radius + 44}) {
            double[][] corners = {
                {px + distance, py - 15}, {px - distance - width, py - 15},
                {px - width / 2, py - distance - 30}, {px - width / 2, py + distance},
                {px + distance * 0.7, py - distance * 0.7 - 30}, {px + distance * 0.7, py + distance * 0.7},
                {px - distance * 0.7 - width, py - distance * 0.7 - 30},
                {px - distance * 0.7 - width, py + distance * 0.7}
            };
            for (double[] corner : corners) {
                double x = Math.clamp(corner[0], frame.left + 4, Math.max(frame.left + 4, frame.right - width));
                double y = Math.clamp(corner[1], frame.top, Math.max(frame.top, frame.bottom - 32));
                double[] box = {x - 2, y, x + width + 2, y + 30};
                double cost = taken.stream().mapToDouble(other -> overlap(box, other)).sum()
                        + (nearest(box, centres, px, py) ? 0 : STRAY);
                if (cost < least) {
                    least = cost;
                    best = box;
                }
            }
            if (least == 0) {
                break;
            }
        }
        taken.add(best);
        frame.svg.text("text", name, "class", "name", "x", best[0] + 2, "y", best[1] + 12);
        frame.svg.text("text", point.label(), "class", "axis", "x", best[0] + 2, "y", best[1] + 27);
    }

    /** Whether no other bubble is nearer to the label than its own: readers go by nearness. */
    private static boolean nearest(double[] box, List<double[]> centres, double px, double py) {
        double own = distance(box, px, py);
        return centres.stream().allMatch(centre -> distance(box, centre[0], centre[1]) >= own);
    }

    private static double distance(double[] box, double px, double py) {
        double dx = Math.max(0, Math.max(box[0] - px, px - box[2]));
        double dy = Math.max(0, Math.max(box[1] - py, py - box[3]));
        return Math.hypot(dx, dy);
    }

    private static double overlap(double[] a, double[] b) {
        double width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
        double height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
        return width > 0 && height > 0 ? width * height : 0;
    }
}
