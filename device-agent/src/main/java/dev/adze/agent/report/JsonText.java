package dev.adze.agent.report;

import dev.adze.agent.text.DecimalText;

/**
 * Writes one JSON object a line (RFC 8259) without allocation, as long as keys and strings need no escapes. Numbers
 * that JSON has no word for become null.
 */
final class JsonText {
    private final DecimalText text;
    private boolean first = true;

    JsonText(DecimalText text) {
        this.text = text;
    }

    JsonText begin() {
        text.append("{");
        first = true;
        return this;
    }

    /** Ends the outermost object and the line. */
    DecimalText endLine() {
        return text.append("}\n");
    }

    private JsonText key(String key) {
        if (!first) {
            text.append(",");
        }
        first = false;
        text.append("\"").append(key).append("\":");
        return this;
    }

    JsonText beginObject(String key) {
        key(key);
        return begin();
    }

    JsonText endObject() {
        text.append("}");
        first = false;
        return this;
    }

    JsonText beginArray(String key) {
        key(key);
        text.append("[");
        first = true;
        return this;
    }

    JsonText endArray() {
        text.append("]");
        first = false;
        return this;
    }

    /** An object as an array's next element; {@link #endObject} ends it. */
    JsonText beginElement() {
        if (!first) {
            text.append(",");
        }
        return begin();
    }

    /** A number as an array's next element. */
    JsonText element(double value, int significant) {
        if (!first) {
            text.append(",");
        }
        first = false;
        number(value, significant);
        return this;
    }

    JsonText put(String key, long value) {
        key(key);
        text.append(value);
        return this;
    }

    JsonText put(String key, double value, int significant) {
        key(key);
        number(value, significant);
        return this;
    }

    JsonText put(String key, boolean value) {
        key(key);
        text.append(value ? "true" : "false");
        return this;
    }

    JsonText put(String key, String value) {
        key(key);
        text.append("\"");
        if (isPlain(value)) {
            text.append(value);
        } else {
            text.append(escape(value));
        }
        text.append("\"");
        return this;
    }

    JsonText putNull(String key) {
        key(key);
        text.append("null");
        return this;
    }

    /** Microseconds to the nanosecond. */
    JsonText micros(String key, long nanos) {
        key(key);
        text.append(nanos / 1e3, 15, 3);
        return this;
    }

    private void number(double value, int significant) {
        if (Double.isFinite(value)) {
            text.append(value, significant, 15);
        } else {
            text.append("null");
        }
    }

    private static boolean isPlain(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    private static String escape(String s) {
        var out = new StringBuilder();
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || Character.isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
