package dev.adze.agent.sensor.device;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.chip.Chip;
import dev.adze.agent.sensor.linux.DeviceError;
import java.io.IOException;
import java.util.List;

/**
 * A chip on a bus as a group of its own. It is opened by the first reading, so that a bus that hangs stops nobody, and
 * opened and set up anew after any failure: it may have been unplugged, or lost its power.
 *
 * @param <L> how it is wired
 */
final class ChipGroup<L extends AutoCloseable> implements SensorGroup {
    /** Finds and opens the link. */
    interface Opener<L> {
        L open() throws IOException;
    }

    private final String name;
    private final List<ChannelInfo> channels;
    private final Chip<L> chip;
    private final Opener<L> opener;
    private L link;

    ChipGroup(String name, Chip<L> chip, Opener<L> opener) {
        this.name = name;
        this.chip = chip;
        this.opener = opener;
        channels = chip.channels().stream().map(c -> new ChannelInfo(name + "." + c.name(), c.unit())).toList();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<ChannelInfo> channels() {
        return channels;
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        try {
            if (link == null) {
                link = opener.open();
                chip.start(link);
            }
            chip.read(link, out);
        } catch (IOException e) {
            out.missAll(e instanceof DeviceError error ? error.reason() : e.getMessage());
            close();
        }
    }

    @Override
    public void close() {
        if (link != null) {
            try {
                link.close();
            } catch (Exception e) {
                // Only read from.
            }
            link = null;
        }
    }
}
