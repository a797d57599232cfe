package dev.adze.agent.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.sample.MonotonicClock;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OwnRateGroupTest {
    private final AtomicInteger reads = new AtomicInteger();
    private final Semaphore allowed = new Semaphore(0);

    /** Counts its readings; each waits for leave. */
    private final class Slow implements SensorGroup {
        volatile boolean closed;

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public List<ChannelInfo> channels() {
            return List.of(new ChannelInfo("slow.n", ""));
        }

        @Override
        public void read(long dueNanos, ReadingBuffer out) {
            allowed.acquireUninterruptibly();
            int n = reads.incrementAndGet();
            if (n == 3) {
                throw new IllegalStateException("third");
            }
            out.ok(0, n);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Reading until(SensorGroup group, Predicate<Reading> wanted) {
        var out = new ReadingBuffer(1);
        long giveUp = System.nanoTime() + 20_000_000_000L;
        do {
            group.read(0, out);
            Thread.onSpinWait();
        } while (!wanted.test(out.get(0)) && System.nanoTime() < giveUp);
        return out.get(0);
    }

    @Test
    void aSampleTakesTheNewestValueAndNeverWaits() {
        var slow = new Slow();
        var group = new OwnRateGroup(slow, 50, MonotonicClock.system());
        var out = new ReadingBuffer(1);
        group.read(0, out);
        assertEquals(new Reading.Missing("not read yet"), out.get(0), "the device has not answered, the sample has");
        allowed.release();
        assertEquals(new Reading.Ok(1), until(group, r -> r instanceof Reading.Ok));
        // The device hangs now: its value holds for two periods.
        assertEquals(new Reading.Missing("no answer for 0.0400 s"), until(group, r -> r instanceof Reading.Missing));
        allowed.release();
        assertEquals(new Reading.Ok(2), until(group, r -> r instanceof Reading.Ok));
        allowed.release();
        String fault = until(group, r -> r.obstacle() != null && r.obstacle().contains("failed")).obstacle();
        assertTrue(fault.startsWith("the driver failed: "), fault);
        group.close();
        allowed.release(10);
        long giveUp = System.nanoTime() + 20_000_000_000L;
        while (!slow.closed && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
        assertTrue(slow.closed, "closed by its own thread");
    }

    @Test
    void itIsReadAtItsOwnRateHoweverOftenItIsAsked() {
        allowed.release(1_000_000);
        var group = new OwnRateGroup(new Slow(), 200, MonotonicClock.system());
        long start = System.nanoTime();
        long asked = 0;
        var out = new ReadingBuffer(1);
        while (reads.get() < 20 && System.nanoTime() - start < 20_000_000_000L) {
            group.read(0, out);
            asked++;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        group.close();
        assertTrue(asked > 40, "asked " + asked + " times");
        assertTrue(reads.get() <= 200 * seconds + 2, reads.get() + " readings in " + seconds + " s");
    }
}
