package dev.adze.agent.sensor.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * /proc/stat (proc_stat(5)): shares of processor time since the last reading, over all cores and of the busiest and
 * the idlest core, and the rates of the scheduler's and interrupt counters.
 *
 * <p>busy is everything but idle and iowait. Guest time is part of user time in the kernel's own accounting. The
 * kernel counts in ticks of 10 ms, so at 4 readings a second a core's share has steps of 4 %.
 */
final class CpuFigures implements HostFigures {
    private static final List<ChannelInfo> CHANNELS = List.of(
            new ChannelInfo("cpu.busy", "%"),
            new ChannelInfo("cpu.user", "%"),
            new ChannelInfo("cpu.system", "%"),
            new ChannelInfo("cpu.iowait", "%"),
            new ChannelInfo("cpu.irq", "%"),
            new ChannelInfo("cpu.steal", "%"),
            new ChannelInfo("cpu.core_max", "%"),
            new ChannelInfo("cpu.core_min", "%"),
            new ChannelInfo("sched.runnable", ""),
            new ChannelInfo("sched.blocked", ""),
            new ChannelInfo("sched.context_switches", "1/s"),
            new ChannelInfo("sched.forks", "1/s"),
            new ChannelInfo("sched.interrupts", "1/s"),
            new ChannelInfo("sched.softirqs", "1/s"));
    private static final byte[] CPU = "cpu".getBytes(US_ASCII);
    private static final byte[] INTERRUPTS = "intr ".getBytes(US_ASCII);
    private static final byte[] SWITCHES = "ctxt ".getBytes(US_ASCII);
    private static final byte[] FORKS = "processes ".getBytes(US_ASCII);
    private static final byte[] RUNNABLE = "procs_running ".getBytes(US_ASCII);
    private static final byte[] BLOCKED = "procs_blocked ".getBytes(US_ASCII);
    private static final byte[] SOFTIRQS = "softirq ".getBytes(US_ASCII);
    /** user nice system idle iowait irq softirq steal; older kernels leave out the last ones. */
    private static final int FIELDS = 8;
    private static final int USER = 0, NICE = 1, SYSTEM = 2, IDLE = 3, IOWAIT = 4, IRQ = 5, SOFTIRQ = 6, STEAL = 7;

    private final ProcText file;
    private final LongSupplier nanoClock;
    private final long[] now = new long[FIELDS];
    private final long[] delta = new long[FIELDS];
    private final long[] total = new long[FIELDS];
    private boolean totalPrimed;
    private long[] cores = new long[0];
    private boolean[] corePrimed = new boolean[0];
    private double coreMax;
    private double coreMin;
    private final Counter switches = new Counter();
    private final Counter forks = new Counter();
    private final Counter interrupts = new Counter();
    private final Counter softirqs = new Counter();

    CpuFigures(Path procRoot, LongSupplier nanoClock) {
        file = new ProcText(procRoot.resolve("stat"));
        this.nanoClock = nanoClock;
    }

    @Override
    public List<ChannelInfo> channels() {
        return CHANNELS;
    }

    @Override
    public void read(ReadingBuffer out, int offset) {
        if (!file.refresh()) {
            missAll(out, offset, "/proc/stat cannot be read");
            return;
        }
        long nanos = nanoClock.getAsLong();
        missAll(out, offset, "not reported by this kernel");
        coreMax = Double.NEGATIVE_INFINITY;
        coreMin = Double.POSITIVE_INFINITY;
        while (file.nextLine()) {
            if (file.skip(CPU)) {
                readCpuLine(out, offset);
            } else if (file.skip(INTERRUPTS)) {
                interrupts.rate(file.nextLong(), nanos, 1, out, offset + 12);
            } else if (file.skip(SWITCHES)) {
                switches.rate(file.nextLong(), nanos, 1, out, offset + 10);
            } else if (file.skip(FORKS)) {
                forks.rate(file.nextLong(), nanos, 1, out, offset + 11);
            } else if (file.skip(SOFTIRQS)) {
                softirqs.rate(file.nextLong(), nanos, 1, out, offset + 13);
            } else if (file.skip(RUNNABLE)) {
                count(file.nextLong(), out, offset + 8);
            } else if (file.skip(BLOCKED)) {
                count(file.nextLong(), out, offset + 9);
            }
        }
        if (coreMax >= 0) {
            out.ok(offset + 6, coreMax);
            out.ok(offset + 7, coreMin);
        } else {
            out.missing(offset + 6, Counter.FIRST);
            out.missing(offset + 7, Counter.FIRST);
        }
    }

    private static void count(long value, ReadingBuffer out, int channel) {
        if (value < 0) {
            out.invalid(channel, "not a number");
        } else {
            out.ok(channel, value);
        }
    }

    private void readCpuLine(ReadingBuffer out, int offset) {
        // "cpu  " is the sum of all cores, "cpuN " is core N; a core that is offline has no line.
        long core = file.nextIndex();
        for (int f = 0; f < FIELDS; f++) {
            now[f] = Math.max(0, file.nextLong());
        }
        if (core < 0) {
            long sum = difference(total, 0);
            boolean first = !totalPrimed;
            totalPrimed = true;
            if (first || sum <= 0) {
                for (int i = 0; i < 6; i++) {
                    out.missing(offset + i, first ? Counter.FIRST : "no tick of the kernel's clock passed");
                }
                return;
            }
            out.ok(offset, 100.0 * (sum - delta[IDLE] - delta[IOWAIT]) / sum);
            out.ok(offset + 1, 100.0 * (delta[USER] + delta[NICE]) / sum);
            out.ok(offset + 2, 100.0 * delta[SYSTEM] / sum);
            out.ok(offset + 3, 100.0 * delta[IOWAIT] / sum);
            out.ok(offset + 4, 100.0 * (delta[IRQ] + delta[SOFTIRQ]) / sum);
            out.ok(offset + 5, 100.0 * delta[STEAL] / sum);
        } else if (core < 65_536) {
            int c = (int) core;
            if (c >= corePrimed.length) {
                corePrimed = Arrays.copyOf(corePrimed, c + 1);
                cores = Arrays.copyOf(cores, (c + 1) * FIELDS);
            }
            long sum = difference(cores, c * FIELDS);
            if (corePrimed[c] && sum > 0) {
                double busy = 100.0 * (sum - delta[IDLE] - delta[IOWAIT]) / sum;
                coreMax = Math.max(coreMax, busy);
                coreMin = Math.min(coreMin, busy);
            }
            corePrimed[c] = true;
        }
    }

    /** Differences to the last reading, and their sum. idle and iowait may step back a little (proc_stat(5)): then 0. */
    private long difference(long[] previous, int at) {
        long sum = 0;
        for (int f = 0; f < FIELDS; f++) {
            delta[f] = Math.max(0, now[f] - previous[at + f]);
            previous[at + f] = now[f];
            sum += delta[f];
        }
        return sum;
    }

    @Override
    public void close() {
        file.close();
    }
}
