package dev.adze.agent.sensor.host;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * /proc/diskstats (kernel documentation, admin-guide/iostats): bytes read and written by all disks, and the busy
 * share of the busiest one. Counted are whole disks that have hardware (or a hypervisor) behind them, told by
 * /sys/block/NAME/device; not partitions, loop devices, RAM disks or device-mapper layers, which would count twice.
 */
final class DiskFigures implements HostFigures {
    private static final List<ChannelInfo> CHANNELS = List.of(
            new ChannelInfo("disk.read", "MiB/s"),
            new ChannelInfo("disk.write", "MiB/s"),
            new ChannelInfo("disk.busy", "%"));
    /** The unit of the sector counters, whatever the disk's own sector size. */
    private static final double MIB_PER_SECTOR = 512.0 / (1 << 20);

    private final ProcText file;
    private final Path sysRoot;
    private final LongSupplier nanoClock;
    private final DeviceTable disks = new DeviceTable(3);
    private long previousNanos;
    private boolean primed;

    DiskFigures(Path procRoot, Path sysRoot, LongSupplier nanoClock) {
        file = new ProcText(procRoot.resolve("diskstats"));
        this.sysRoot = sysRoot;
        this.nanoClock = nanoClock;
    }

    @Override
    public List<ChannelInfo> channels() {
        return CHANNELS;
    }

    @Override
    public void read(ReadingBuffer out, int offset) {
        if (!file.refresh()) {
            missAll(out, offset, "/proc/diskstats cannot be read");
            primed = false;
            return;
        }
        long nanos = nanoClock.getAsLong();
        double seconds = (nanos - previousNanos) * 1e-9;
        previousNanos = nanos;
        boolean any = false;
        long sectorsRead = 0;
        long sectorsWritten = 0;
        long busyMillis = 0;
        while (file.nextLine()) {
            // major minor name reads merged sectors ms writes merged sectors ms in-flight busy-ms ...
            file.skipWord();
            file.skipWord();
            int row = disks.find(file);
            if (row < 0) {
                String name = file.nextWord();
                row = disks.add(name, isWholeDisk(name));
            } else {
                file.skipWord();
            }
            if (row < 0 || !disks.counted(row)) {
                continue;
            }
            any = true;
            file.nextLong();
            file.nextLong();
            sectorsRead += disks.growth(row, 0, file.nextLong());
            file.nextLong();
            file.nextLong();
            file.nextLong();
            sectorsWritten += disks.growth(row, 1, file.nextLong());
            file.nextLong();
            file.nextLong();
            busyMillis = Math.max(busyMillis, disks.growth(row, 2, file.nextLong()));
            disks.markRead(row);
        }
        if (!any) {
            missAll(out, offset, "this host has no disk");
        } else if (!primed || seconds <= 0) {
            missAll(out, offset, Counter.FIRST);
        } else {
            out.ok(offset, sectorsRead * MIB_PER_SECTOR / seconds);
            out.ok(offset + 1, sectorsWritten * MIB_PER_SECTOR / seconds);
            out.ok(offset + 2, Math.min(100, busyMillis * 0.1 / seconds));
        }
        primed = any;
    }

    private boolean isWholeDisk(String name) {
        return Files.exists(sysRoot.resolve("block").resolve(name.replace('/', '!')).resolve("device"));
    }

    @Override
    public void close() {
        file.close();
    }
}
