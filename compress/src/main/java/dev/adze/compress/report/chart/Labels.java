package dev.adze.compress.report.chart;

/** Estimated text sizes: no font is at hand when the picture is drawn, so widths are taken on the safe side. */
final class Labels {
    private static final int TAIL = 7;

    private Labels() {}

    static double width(String text) {
        return text.codePoints().mapToDouble(c -> c > 0x2E7F ? 2 * Frame.CHARACTER : Frame.CHARACTER).sum();
    }

    /** The text, or its beginning and an ellipsis where it is wider. */
    static String cut(String text, double width) {
        if (width(text) <= width) {
            return text;
        }
        int[] points = text.codePoints().toArray();
        int length = points.length;
        while (length > 1 && width(new String(points, 0, length)) + Frame.CHARACTER > width) {
            length--;
        }
        return new String(points, 0, length) + "…";
    }

    /** The text, or where it is wider its beginning and its last characters, which often tell it from its neighbours. */
    static String cutMiddle(String text, double width) {
        int[] points = text.codePoints().toArray();
        String tail = new String(points, Math.max(0, points.length - TAIL), Math.min(TAIL, points.length));
        if (width(text) <= width || width(tail) * 2 > width) {
            return cut(text, width);
        }
        return cut(text, width - width(tail)) + tail;
    }
}
