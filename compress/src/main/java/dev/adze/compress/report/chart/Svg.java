package dev.adze.compress.report.chart;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Builds well-formed SVG: every name opened is closed, every text and attribute escaped. */
final class Svg {
    private final StringBuilder out = new StringBuilder(4096);
    private final Deque<String> open = new ArrayDeque<>();

    /** Starts an element; {@code attributes} are name, value, name, value, … (null values are left out). */
    Svg open(String name, Object... attributes) {
        start(name, attributes);
        out.append('>');
        open.push(name);
        return this;
    }

    Svg close() {
        out.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /** An element without content. */
    Svg empty(String name, Object... attributes) {
        start(name, attributes);
        out.append("/>\n");
        return this;
    }

    /** An element that holds text. */
    Svg text(String name, String content, Object... attributes) {
        start(name, attributes);
        out.append('>').append(Xml.escape(content)).append("</").append(name).append(">\n");
        return this;
    }

    /** Ready-made, well-formed markup. */
    Svg raw(String markup) {
        out.append(markup);
        return this;
    }

    private void start(String name, Object... attributes) {
        out.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            if (attributes[i + 1] != null) {
                out.append(' ').append(attributes[i]).append("=\"").append(value(attributes[i + 1])).append('"');
            }
        }
    }

    private static String value(Object value) {
        return value instanceof Double number ? px(number) : Xml.escape(value.toString());
    }

    /** A coordinate with at most two decimals; what is not finite becomes 0 (charts leave such points out before). */
    static String px(double value) {
        if (!Double.isFinite(value)) {
            return "0";
        }
        double rounded = Math.rint(value * 100) / 100;
        return rounded == Math.rint(rounded) && Math.abs(rounded) < 1e9
                ? Long.toString((long) rounded)
                : String.format(Locale.ROOT, "%.2f", rounded).replaceAll("0+$", "");
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("elements still open: " + open);
        }
        return out.toString();
    }
}
