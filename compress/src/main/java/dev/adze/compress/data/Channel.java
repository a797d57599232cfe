package dev.adze.compress.data;

/**
 * One column of measurements.
 *
 * @param name as on the device, for example {@code cpu.busy}
 * @param unit of the values, for example {@code %} or {@code degC}; empty if they have none or it is not known
 */
public record Channel(String name, String unit) {
    public Channel {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a channel needs a name");
        }
    }

    /** Splits a column header {@code name[unit]}; without brackets at its end the whole header is the name. */
    public static Channel ofHeader(String header) {
        String text = header.strip();
        int open = text.lastIndexOf('[');
        return open > 0 && text.endsWith("]")
                ? new Channel(text.substring(0, open).strip(), text.substring(open + 1, text.length() - 1).strip())
                : new Channel(text, "");
    }

    /** The column header {@code name[unit]}, or the name alone where there is no unit. */
    public String header() {
        return unit.isEmpty() ? name : name + "[" + unit + "]";
    }

    @Override
    public String toString() {
        return header();
    }
}
