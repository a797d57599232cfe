package dev.adze.compress.report.chart;

import java.util.List;

/** Labels under a horizontal axis: all of them, or every second, third, … where they would touch. */
final class XLabels {
    private static final double GAP = 6;

    private XLabels() {}

    /** @param width of the picture, which no label may leave */
    static void draw(Svg svg, Scale x, double baseline, double width) {
        int every = 1;
        while (every < x.ticks().length && touch(x, every, width)) {
            every++;
        }
        for (int i = 0; i < x.ticks().length; i += every) {
            svg.text("text", x.labels().get(i), "class", "tick",
                    "x", centre(x, i, width), "y", baseline, "text-anchor", "middle");
        }
    }

    private static boolean touch(Scale x, int every, double width) {
        List<String> labels = x.labels();
        for (int i = every; i < labels.size(); i += every) {
            double room = centre(x, i, width) - centre(x, i - every, width);
            if (room < (Labels.width(labels.get(i)) + Labels.width(labels.get(i - every))) / 2 + GAP) {
                return true;
            }
        }
        return false;
    }

    private static double centre(Scale x, int i, double width) {
        double half = Math.min(width, Labels.width(x.labels().get(i))) / 2;
        return Math.clamp(x.map(x.ticks()[i]), half, width - half);
    }
}
