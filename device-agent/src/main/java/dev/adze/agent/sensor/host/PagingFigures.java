package dev.adze.agent.sensor.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/** /proc/vmstat: page faults a second, and those that had to wait for the disk. */
final class PagingFigures implements HostFigures {
    private static final List<ChannelInfo> CHANNELS =
            List.of(new ChannelInfo("mem.page_faults", "1/s"), new ChannelInfo("mem.major_faults", "1/s"));
    private static final byte[] FAULTS = "pgfault ".getBytes(US_ASCII);
    private static final byte[] MAJOR_FAULTS = "pgmajfault ".getBytes(US_ASCII);

    private final ProcText file;
    private final LongSupplier nanoClock;
    private final Counter faults = new Counter();
    private final Counter majorFaults = new Counter();

    PagingFigures(Path procRoot, LongSupplier nanoClock) {
        file = new ProcText(procRoot.resolve("vmstat"));
        this.nanoClock = nanoClock;
    }

    @Override
    public List<ChannelInfo> channels() {
        return CHANNELS;
    }

    @Override
    public void read(ReadingBuffer out, int offset) {
        if (!file.refresh()) {
            missAll(out, offset, "/proc/vmstat cannot be read");
            return;
        }
        long nanos = nanoClock.getAsLong();
        missAll(out, offset, "not reported by this kernel");
        while (file.nextLine()) {
            if (file.skip(FAULTS)) {
                faults.rate(file.nextLong(), nanos, 1, out, offset);
            } else if (file.skip(MAJOR_FAULTS)) {
                majorFaults.rate(file.nextLong(), nanos, 1, out, offset + 1);
                return;
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
