package dev.adze.compress.report.chart;

import java.util.List;
import java.util.Locale;

/**
 * A grid of shades, rows by columns: from {@code low} (one colour) over {@code middle} (paper) to {@code high} (another).
 *
 * @param title       for screen readers
 * @param description one or two sentences for those who cannot see the picture
 * @param y           0 to 100 % of the rows
 * @param middle      shown as paper
 * @param reach       distance from the middle at which a shade is strongest
 * @param rows        [rows][columns], the first on top; NaN is left blank
 */
public record HeatChart(String title, String description, Axis x, Axis y, double middle, double reach, List<double[]> rows) {
    /** Shades on each side of the middle: more cannot be told apart. */
    static final int SHADES = 5;

    public HeatChart {
        rows = List.copyOf(rows);
    }

    /** One SVG element; {@code id} must be unique in the page. */
    public String svg(ChartSize size, String id) {
        int columns = rows.isEmpty() ? 0 : rows.getFirst().length;
        Frame frame = new Frame(size, id, title, description, x, y, new double[] {0, Math.max(1, columns)},
                new double[] {0, 100}, new Legend(List.of(
                        new Legend.Entry(legend(middle + reach) + " and more", "hot4", Marker.SQUARE, false),
                        new Legend.Entry(legend(middle - reach) + " and less", "cold4", Marker.SQUARE, false))));
        frame.svg.open("g", "class", "heat");
        double width = (frame.right - frame.left) / Math.max(1, columns);
        double height = (frame.bottom - frame.top) / Math.max(1, rows.size());
        for (int shade = -SHADES; shade <= SHADES; shade++) {
            String path = shade == 0 ? "" : cells(frame, shade, width, height);
            if (!path.isEmpty()) {
                frame.svg.empty("path", "class", (shade > 0 ? "hot" : "cold") + (Math.abs(shade) - 1), "d", path);
            }
        }
        frame.svg.close();
        if (columns == 0) {
            frame.nothing("no values to show");
        }
        return frame.svg.close().toString();
    }

    /** All cells of one shade as one path; neighbours in a row are one rectangle. */
    private String cells(Frame frame, int shade, double width, double height) {
        var path = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            double[] row = rows.get(r);
            for (int from = 0; from < row.length; from++) {
                int to = from;
                while (to < row.length && shade(row[to]) == shade) {
                    to++;
                }
                if (to > from) {
                    path.append('M').append(Svg.px(frame.left + from * width)).append(' ').append(Svg.px(frame.top + r * height))
                            .append('h').append(Svg.px((to - from) * width)).append('v').append(Svg.px(height))
                            .append('h').append(Svg.px((from - to) * width)).append('z');
                    from = to;
                }
            }
        }
        return path.toString();
    }

    private static String legend(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : "?";
    }

    /** -SHADES to SHADES, 0 for the middle and for what is not a number. */
    private int shade(double value) {
        double part = reach > 0 ? (value - middle) / reach : 0;
        return Double.isNaN(part) ? 0 : (int) Math.rint(Math.clamp(part, -1, 1) * SHADES);
    }
}
