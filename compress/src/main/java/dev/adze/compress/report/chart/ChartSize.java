package dev.adze.compress.report.chart;

/**
 * Size of a picture in its own pixels. A page holds both sizes and shows the one that fits: scaling one picture to a
 * phone would make its text unreadable.
 */
public enum ChartSize {
    WIDE(900, 360),
    NARROW(360, 300);

    final int width;
    final int height;

    ChartSize(int width, int height) {
        this.width = width;
        this.height = height;
    }

    String cssClass() {
        return this == WIDE ? "wide" : "narrow";
    }

    /** Ticks that fit along the horizontal axis with labels of so many characters. */
    int horizontalTicks(int labelLength, double plotWidth) {
        return Math.clamp((int) (plotWidth / (labelLength * Frame.CHARACTER + 18)), 2, 10);
    }
}
