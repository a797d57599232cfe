package dev.adze.agent.sensor.host;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The 32 figures that every Linux has about itself: processor, scheduler, memory, paging, pressure stall, disk and
 * network, from /proc. Shares and rates are differences since the last reading over the time that really passed, so
 * the first reading gives none. Reading all costs some 0.2 ms, most of it in the kernel.
 */
public final class HostGroup implements SensorGroup {
    private final List<HostFigures> parts;
    private final List<ChannelInfo> channels;
    /** Of each part's first channel, and the number of all. */
    private final int[] offsets;
    /** Places in {@code parts}. */
    private final BitSet wanted = new BitSet();

    /**
     * @param root      folder that holds {@code proc} and {@code sys}
     * @param nanoClock the monotonic clock that rates are taken by
     */
    public HostGroup(Path root, LongSupplier nanoClock) {
        Path proc = root.resolve("proc");
        Path sys = root.resolve("sys");
        parts = List.of(
                new CpuFigures(proc, nanoClock),
                new LoadFigures(proc),
                new MemoryFigures(proc),
                new PagingFigures(proc, nanoClock),
                new PressureFigures(proc, nanoClock),
                new DiskFigures(proc, sys, nanoClock),
                new NetworkFigures(proc, sys, nanoClock));
        channels = parts.stream().flatMap(p -> p.channels().stream()).toList();
        offsets = new int[parts.size() + 1];
        for (int i = 0; i < parts.size(); i++) {
            offsets[i + 1] = offsets[i] + parts.get(i).channels().size();
        }
        wanted.set(0, parts.size());
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public List<ChannelInfo> channels() {
        return channels;
    }

    /** The kernel computes a file's figures when it is read: 0.01 to 0.1 ms each. */
    @Override
    public void want(BitSet channels) {
        wanted.clear();
        for (int i = 0; i < parts.size(); i++) {
            wanted.set(i, !channels.get(offsets[i], offsets[i + 1]).isEmpty());
        }
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
            parts.get(i).read(out, offsets[i]);
        }
    }

    @Override
    public void close() {
        parts.forEach(HostFigures::close);
    }
}
