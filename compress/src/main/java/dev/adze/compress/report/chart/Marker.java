package dev.adze.compress.report.chart;

/** Shapes, so that series differ by more than colour. */
enum Marker {
    CIRCLE, SQUARE, TRIANGLE, DIAMOND, CROSS, DOWN;

    static Marker of(int series) {
        return values()[Math.floorMod(series, values().length)];
    }

    /** A path about (x, y) whose area is about that of a circle of this radius. */
    String path(double x, double y, double radius) {
        double r = radius;
        double a = r * 0.886;
        double t = r * 1.25;
        double d = r * 1.2;
        return switch (this) {
            case CIRCLE -> "M" + at(x - r, y) + arc(r, x + r, y) + arc(r, x - r, y) + "Z";
            case SQUARE -> polygon(x - a, y - a, x + a, y - a, x + a, y + a, x - a, y + a);
            case TRIANGLE -> polygon(x, y - t, x + t, y + t * 0.75, x - t, y + t * 0.75);
            case DIAMOND -> polygon(x, y - d, x + d, y, x, y + d, x - d, y);
            case CROSS -> cross(x, y, r * 1.15, r * 0.42);
            case DOWN -> polygon(x, y + t, x + t, y - t * 0.75, x - t, y - t * 0.75);
        };
    }

    private static String cross(double x, double y, double r, double w) {
        return polygon(x - w, y - r, x + w, y - r, x + w, y - w, x + r, y - w, x + r, y + w, x + w, y + w,
                x + w, y + r, x - w, y + r, x - w, y + w, x - r, y + w, x - r, y - w, x - w, y - w);
    }

    private static String polygon(double... points) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < points.length; i += 2) {
            path.append(i == 0 ? "M" : "L").append(at(points[i], points[i + 1]));
        }
        return path.append("Z").toString();
    }

    private static String arc(double r, double x, double y) {
        return "A" + Svg.px(r) + " " + Svg.px(r) + " 0 0 1 " + at(x, y);
    }

    private static String at(double x, double y) {
        return Svg.px(x) + " " + Svg.px(y);
    }
}
