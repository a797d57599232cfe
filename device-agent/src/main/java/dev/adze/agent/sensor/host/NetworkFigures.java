package dev.adze.agent.sensor.host;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * /proc/net/dev: bytes received and sent. Counted are the ports with hardware (or a hypervisor) behind them, told by
 * /sys/class/net/NAME/device; on a host that has none, a container say, every port but the loopback.
 */
final class NetworkFigures implements HostFigures {
    private static final List<ChannelInfo> CHANNELS =
            List.of(new ChannelInfo("net.rx", "KiB/s"), new ChannelInfo("net.tx", "KiB/s"));

    private final ProcText file;
    private final Path classNet;
    private final LongSupplier nanoClock;
    private final DeviceTable ports = new DeviceTable(2);
    private final boolean anyHardware;
    private long previousNanos;
    private boolean primed;

    NetworkFigures(Path procRoot, Path sysRoot, LongSupplier nanoClock) {
        file = new ProcText(procRoot.resolve("net/dev"));
        classNet = sysRoot.resolve("class/net");
        this.nanoClock = nanoClock;
        anyHardware = hasHardwarePort();
    }

    private boolean hasHardwarePort() {
        try (Stream<Path> all = Files.list(classNet)) {
            return all.anyMatch(port -> Files.exists(port.resolve("device")));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public List<ChannelInfo> channels() {
        return CHANNELS;
    }

    @Override
    public void read(ReadingBuffer out, int offset) {
        if (!file.refresh()) {
            missAll(out, offset, "/proc/net/dev cannot be read");
            primed = false;
            return;
        }
        long nanos = nanoClock.getAsLong();
        double seconds = (nanos - previousNanos) * 1e-9;
        previousNanos = nanos;
        boolean any = false;
        long received = 0;
        long sent = 0;
        file.nextLine();
        file.nextLine();
        while (file.nextLine()) {
            // "  eth0: rx-bytes packets errs drop fifo frame compressed multicast tx-bytes ..."
            int row = ports.find(file);
            if (row < 0) {
                String name = file.nextWord();
                row = ports.add(name, isCounted(name.substring(0, Math.max(0, name.indexOf(':')))));
            } else {
                file.skipWord();
            }
            if (row < 0 || !ports.counted(row)) {
                continue;
            }
            any = true;
            received += ports.growth(row, 0, file.nextLong());
            for (int i = 0; i < 7; i++) {
                file.nextLong();
            }
            sent += ports.growth(row, 1, file.nextLong());
            ports.markRead(row);
        }
        if (!any) {
            missAll(out, offset, "this host has no network port");
        } else if (!primed || seconds <= 0) {
            missAll(out, offset, Counter.FIRST);
        } else {
            out.ok(offset, received / 1024.0 / seconds);
            out.ok(offset + 1, sent / 1024.0 / seconds);
        }
        primed = any;
    }

    private boolean isCounted(String name) {
        return anyHardware ? Files.exists(classNet.resolve(name).resolve("device")) : !name.equals("lo");
    }

    @Override
    public void close() {
        file.close();
    }
}
