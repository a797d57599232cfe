package dev.adze.agent.sensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A made-up /proc and /sys in a temporary folder. */
public record FixtureTree(Path root) {
    /** Writes a file in place, as the kernel's contents change under an open file. */
    public FixtureTree put(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A FIFO that nobody writes to: opening it blocks for ever, as a hung sysfs node does. */
    public FixtureTree putHanging(String path) throws IOException, InterruptedException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        int status = new ProcessBuilder("mkfifo", file.toString()).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("mkfifo " + file + ": exit status " + status);
        }
        return this;
    }

    /** A host with two cores, one real disk and one real network port, at two moments. */
    public FixtureTree putHost(int moment) {
        put("proc/stat", """
                cpu  %d 10 %d %d 40 5 5 10 3 0
                cpu0 %d 5 50 400 20 5 0 5 0 0
                cpu1 %d 5 50 %d 20 0 5 5 0 0
                intr %d 1 2 3 0 0 0
                ctxt %d
                btime 1795242225
                processes %d
                procs_running %d
                procs_blocked 1
                softirq %d 0 5 6
                """.formatted(100 + 60 * moment, 100 + 20 * moment, 800 + 20 * moment,
                50 + 50 * moment, 50 + 10 * moment, 400 + 20 * moment,
                1000 + 500 * moment, 7000 + 1000 * moment, 300 + 4 * moment, 2 + moment, 600 + 250 * moment));
        put("proc/loadavg", "1.25 0.50 0.10 2/300 4711\n");
        put("proc/meminfo", """
                MemTotal:        1000000 kB
                MemFree:          500000 kB
                MemAvailable:     750000 kB
                Buffers:            1000 kB
                Cached:           200000 kB
                SwapCached:            0 kB
                Dirty:              2048 kB
                AnonPages:        102400 kB
                Slab:              10240 kB
                """);
        put("proc/vmstat", "nr_free_pages 5\npgfault %d\npgmajfault %d\npgrefill 0\n"
                .formatted(1000 + 5000 * moment, 7 + 3 * moment));
        put("proc/pressure/cpu", "some avg10=1.00 avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
                .formatted(1000 + 125_000 * moment));
        put("proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=9\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=8\n");
        put("proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n"
                .formatted(50_000 * moment, 600_000 * moment));
        put("proc/diskstats", """
                   7       0 loop0 5 0 %1$d 0 0 0 %1$d 0 0 %1$d 0
                 254       0 vda 10 0 %2$d 7 20 0 %3$d 9 0 %4$d 11 0 0 0 0
                 254       1 vda1 10 0 %2$d 7 20 0 %3$d 9 0 %4$d 11 0 0 0 0
                """.formatted(99_999 * moment, 100 + 2048 * moment, 500 + 4096 * moment, 30 + 125 * moment));
        put("sys/block/vda/device/vendor", "x\n");
        put("proc/net/dev", """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo: %1$d 29 0 0 0 0 0 0 %1$d 29 0 0 0 0 0 0
                  eth0: %2$d 24 0 0 0 0 0 0 %3$d 15 0 0 0 0 0 0
                """.formatted(1_000_000L * moment, 5000 + 51_200L * moment, 100 + 1024L * moment));
        put("sys/class/net/eth0/device/vendor", "x\n");
        put("sys/class/net/lo/mtu", "65536\n");
        return this;
    }
}
