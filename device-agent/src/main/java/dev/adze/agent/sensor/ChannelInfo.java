package dev.adze.agent.sensor;

/**
 * Name and unit of one channel, as in a recording's header and in a bundle.
 *
 * @param name dotted lower case, for example {@code cpu.busy}
 * @param unit for example {@code %}, {@code MiB}, {@code 1/s}, {@code degC}; empty for a plain count
 */
public record ChannelInfo(String name, String unit) {
    /** Column title in a recording: {@code name[unit]}. */
    public String header() {
        return name + "[" + unit + "]";
    }
}
