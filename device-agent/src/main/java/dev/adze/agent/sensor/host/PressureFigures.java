package dev.adze.agent.sensor.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * /proc/pressure (kernel documentation, accounting/psi): the share of time in which some, or all, tasks waited for a
 * resource, from the microsecond counters {@code total=}; far finer than the kernel's 10-second averages.
 */
final class PressureFigures implements HostFigures {
    private static final List<ChannelInfo> CHANNELS = List.of(
            new ChannelInfo("pressure.cpu_some", "%"),
            new ChannelInfo("pressure.memory_some", "%"),
            new ChannelInfo("pressure.memory_full", "%"),
            new ChannelInfo("pressure.io_some", "%"),
            new ChannelInfo("pressure.io_full", "%"));
    private static final byte[] SOME = "some ".getBytes(US_ASCII);
    private static final byte[] FULL = "full ".getBytes(US_ASCII);
    private static final byte[] TOTAL = "total=".getBytes(US_ASCII);
    /** 1 µs stalled in a second is 1e-6, in percent 1e-4. */
    private static final double PERCENT_PER_MICRO = 1e-4;

    private final ProcText[] files;
    private final LongSupplier nanoClock;
    private final Counter[] counters = new Counter[CHANNELS.size()];

    PressureFigures(Path procRoot, LongSupplier nanoClock) {
        Path folder = procRoot.resolve("pressure");
        files = new ProcText[] {
            new ProcText(folder.resolve("cpu")), new ProcText(folder.resolve("memory")),
            new ProcText(folder.resolve("io"))
        };
        this.nanoClock = nanoClock;
        java.util.Arrays.setAll(counters, i -> new Counter());
    }

    @Override
    public List<ChannelInfo> channels() {
        return CHANNELS;
    }

    @Override
    public void read(ReadingBuffer out, int offset) {
        read(files[0], out, offset, 0, -1);
        read(files[1], out, offset, 1, 2);
        read(files[2], out, offset, 3, 4);
    }

    private void read(ProcText file, ReadingBuffer out, int offset, int some, int full) {
        boolean there = file.refresh();
        long nanos = nanoClock.getAsLong();
        String absent = there ? "not reported by this kernel" : "this kernel has no pressure stall information";
        out.missing(offset + some, absent);
        if (full >= 0) {
            out.missing(offset + full, absent);
        }
        while (there && file.nextLine()) {
            if (file.skip(SOME)) {
                share(file, some, nanos, out, offset);
            } else if (full >= 0 && file.skip(FULL)) {
                share(file, full, nanos, out, offset);
            }
        }
    }

    private void share(ProcText file, int channel, long nanos, ReadingBuffer out, int offset) {
        // "avg10=0.00 avg60=0.00 avg300=0.00 total=0"
        while (!file.skip(TOTAL)) {
            if (!file.skipTo(' ')) {
                return;
            }
        }
        counters[channel].percent(file.nextLong(), nanos, PERCENT_PER_MICRO, out, offset + channel);
    }

    @Override
    public void close() {
        for (ProcText file : files) {
            file.close();
        }
    }
}
