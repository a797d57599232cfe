package dev.adze.compress.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What else the machine did while the benchmark ran, from Linux' /proc: processor time that others used (all of the
 * machine less this process) and that the hypervisor gave to others (steal). Elsewhere it knows nothing and says so.
 */
final class LoadWatch {
    /** Of one processor; below it, medians are hardly touched. */
    private static final double BUSY = 0.1;
    private static final double STOLEN = 0.01;
    /** Fields of /proc/stat after "cpu": user nice system idle iowait irq softirq steal; in 1/100 s (USER_HZ). */
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int STEAL = 7;
    private static final double USER_HZ = 100;

    private final Path proc;
    private final LongSupplier clock;
    private final LongSupplier ownTime;
    private final long startNanos;
    private final long ownStart;
    private final long[] start;
    private final String loadAtStart;

    /** @param ownTime processor time of this process, nanoseconds */
    LoadWatch(Path proc, LongSupplier clock, LongSupplier ownTime) {
        this.proc = proc;
        this.clock = clock;
        this.ownTime = ownTime;
        startNanos = clock.getAsLong();
        ownStart = ownTime.getAsLong();
        start = cpuTimes();
        loadAtStart = loadAverage();
    }

    static LoadWatch start() {
        return new LoadWatch(Path.of("/proc"), System::nanoTime, LoadWatch::ownNanos);
    }

    /**
     * @param others processors that other processes kept busy on average; NaN where unknown
     * @param stolen processors that the hypervisor took on average; NaN where unknown
     * @param text   for people
     */
    record Load(double others, double stolen, String text) {
        boolean busy() {
            return others > BUSY || stolen > STOLEN;
        }
    }

    Load stop() {
        long[] end = cpuTimes();
        double seconds = (clock.getAsLong() - startNanos) / 1e9;
        if (start == null || end == null) {
            return new Load(Double.NaN, Double.NaN, "unknown on this system");
        }
        double own = (ownTime.getAsLong() - ownStart) / 1e9;
        double others = Math.max(0, ((busy(end) - busy(start)) / USER_HZ - own) / seconds);
        double stolen = (end[STEAL] - start[STEAL]) / USER_HZ / seconds;
        return new Load(others, stolen, String.format(Locale.ROOT, "others used %.2f of %d processors, stolen %.2f;"
                + " load average %s before, %s after", others, Runtime.getRuntime().availableProcessors(), stolen,
                loadAtStart, loadAverage()));
    }

    private static double busy(long[] times) {
        double sum = 0;
        for (int i = 0; i < STEAL; i++) {
            sum += i == IDLE || i == IOWAIT ? 0 : times[i];
        }
        return sum;
    }

    private long[] cpuTimes() {
        try {
            List<String> fields = new ArrayList<>(List.of(Files.readAllLines(proc.resolve("stat")).getFirst().split(" +")));
            if (!fields.removeFirst().equals("cpu") || fields.size() <= STEAL) {
                return null;
            }
            return fields.stream().limit(STEAL + 1).mapToLong(Long::parseLong).toArray();
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }

    private String loadAverage() {
        try {
            return Files.readString(proc.resolve("loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static long ownNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? bean.getProcessCpuTime() : 0;
    }
}
