package dev.adze.agent.sensor.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Path;
import java.util.List;

/** /proc/meminfo: available and cached memory as shares of the whole, the rest in MiB. */
final class MemoryFigures implements HostFigures {
    private static final List<ChannelInfo> CHANNELS = List.of(
            new ChannelInfo("mem.available", "%"),
            new ChannelInfo("mem.cached", "%"),
            new ChannelInfo("mem.anon", "MiB"),
            new ChannelInfo("mem.slab", "MiB"),
            new ChannelInfo("mem.dirty", "MiB"));
    private static final byte[] TOTAL = "MemTotal:".getBytes(US_ASCII);
    private static final byte[][] KEYS = {
        "MemAvailable:".getBytes(US_ASCII), "Cached:".getBytes(US_ASCII), "AnonPages:".getBytes(US_ASCII),
        "Slab:".getBytes(US_ASCII), "Dirty:".getBytes(US_ASCII)
    };

    private final ProcText file;

    MemoryFigures(Path procRoot) {
        file = new ProcText(procRoot.resolve("meminfo"));
    }

    @Override
    public List<ChannelInfo> channels() {
        return CHANNELS;
    }

    @Override
    public void read(ReadingBuffer out, int offset) {
        if (!file.refresh()) {
            missAll(out, offset, "/proc/meminfo cannot be read");
            return;
        }
        missAll(out, offset, "not reported by this kernel");
        long totalKib = -1;
        int left = KEYS.length;
        while (left > 0 && file.nextLine()) {
            if (totalKib < 0 && file.skip(TOTAL)) {
                totalKib = file.nextLong();
                continue;
            }
            for (int k = 0; k < KEYS.length; k++) {
                if (file.skip(KEYS[k])) {
                    set(out, offset, k, file.nextLong(), totalKib);
                    left--;
                    break;
                }
            }
        }
    }

    private static void set(ReadingBuffer out, int offset, int k, long kib, long totalKib) {
        boolean share = k < 2;
        if (kib < 0 || share && totalKib <= 0) {
            out.invalid(offset + k, "not a number");
        } else {
            out.ok(offset + k, share ? 100.0 * kib / totalKib : kib / 1024.0);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
