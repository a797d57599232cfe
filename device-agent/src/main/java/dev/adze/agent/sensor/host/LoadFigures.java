package dev.adze.agent.sensor.host;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Path;
import java.util.List;

/** /proc/loadavg: the one-minute load average. */
final class LoadFigures implements HostFigures {
    private static final List<ChannelInfo> CHANNELS = List.of(new ChannelInfo("sched.load1", ""));

    private final ProcText file;

    LoadFigures(Path procRoot) {
        file = new ProcText(procRoot.resolve("loadavg"));
    }

    @Override
    public List<ChannelInfo> channels() {
        return CHANNELS;
    }

    @Override
    public void read(ReadingBuffer out, int offset) {
        if (file.refresh() && file.nextLine()) {
            out.ok(offset, file.nextDecimal());
        } else {
            out.missing(offset, "/proc/loadavg cannot be read");
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
