package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Channels of an industrial I/O device that samples faster than the model steps: every reading makes one value of all scans
 * since the one before. Between scans the last value holds, until it is too old.
 */
public final class IioBufferGroup implements SensorGroup {
    private static final String NO_SCAN = "no scan yet";

    private final Path root;
    private final SensorDevice device;
    private final Link.Iio link;
    private final LongSupplier nanoClock;
    private final List<ChannelInfo> channels;
    private final ReadingBuffer latest;
    private final long[] toldNanos;
    private final boolean[] told;
    private final long staleNanos;
    private IioBuffer buffer;

    /** @param root {@code /}, or a tree with {@code sys} and {@code dev} */
    public IioBufferGroup(Path root, SensorDevice device, Link.Iio link, LongSupplier nanoClock) {
        this.root = root;
        this.device = device;
        this.link = link;
        this.nanoClock = nanoClock;
        channels = device.inputs().stream().map(i -> new ChannelInfo(device.name() + "." + i.name(), i.unit())).toList();
        latest = new ReadingBuffer(channels.size());
        toldNanos = new long[channels.size()];
        told = new boolean[channels.size()];
        staleNanos = Math.round(device.setting("stale-s") * 1e9);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public List<ChannelInfo> channels() {
        return channels;
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        try {
            if (buffer == null) {
                buffer = new IioBuffer(root, device, link);
            }
            buffer.drain();
        } catch (IOException e) {
            out.missAll(e.getMessage());
            close();
            return;
        }
        long now = nanoClock.getAsLong();
        for (int i = 0; i < channels.size(); i++) {
            if (buffer.input(i).tell(latest, i)) {
                told[i] = true;
                toldNanos[i] = now;
            }
            if (told[i] && now - toldNanos[i] <= staleNanos) {
                out.copy(latest, i, i);
            } else {
                out.missing(i, told[i] ? "no scan for too long" : NO_SCAN);
            }
        }
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.close();
            buffer = null;
        }
    }
}
