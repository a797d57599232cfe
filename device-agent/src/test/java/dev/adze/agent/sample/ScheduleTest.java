package dev.adze.agent.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final long MILLI = 1_000_000;

    @Test
    void keepsAbsoluteDeadlinesHoweverLateEachSampleIs() {
        var clock = new ManualClock(Long.MAX_VALUE - 500 * MILLI); // nanoTime may wrap around
        long start = clock.nanoTime() + 100 * MILLI;
        var schedule = new Schedule(clock, start, 10);
        for (int slot = 0; slot < 1000; slot++) {
            clock.overshootNextBy(slot % 40 * MILLI);
            assertEquals(slot, schedule.awaitNext());
            assertEquals(start + slot * 100 * MILLI, schedule.dueNanos(slot));
            assertEquals(slot % 40 * MILLI, clock.nanoTime() - schedule.dueNanos(slot));
        }
        assertEquals(0, schedule.missed());
    }

    @Test
    void aPeriodThatIsNoWholeNumberOfNanosecondsDoesNotDrift() {
        var schedule = new Schedule(new ManualClock(0), 0, 3);
        assertEquals(1_000_000_000_000L, schedule.dueNanos(3000));
        assertEquals(333_333_333L, schedule.dueNanos(1));
    }

    @Test
    void aSampleMoreThanHalfAPeriodLateIsLeftOutAndCounted() {
        var clock = new ManualClock(0);
        var schedule = new Schedule(clock, 0, 10);
        assertEquals(0, schedule.awaitNext());
        clock.overshootNextBy(51 * MILLI);
        assertEquals(2, schedule.awaitNext());
        assertEquals(200 * MILLI, clock.nanoTime());
        assertEquals(1, schedule.missed());
        clock.overshootNextBy(50 * MILLI);
        assertEquals(3, schedule.awaitNext());
        clock.advance(1_000 * MILLI);
        // 1,350 ms: slot 13 is late by exactly half a period, which is still allowed.
        assertEquals(13, schedule.awaitNext());
        assertEquals(1 + 9, schedule.missed());
    }

    @Test
    void samplesAreNeverBunchedAndEverySlotIsTakenOrMissed() {
        long seed = 99;
        var random = new Random(seed);
        var clock = new ManualClock(5);
        var schedule = new Schedule(clock, 5, 100);
        long lastSlot = -1;
        long lastTime = Long.MIN_VALUE / 2;
        for (int i = 0, taken = 1; i < 5000; i++, taken++) {
            clock.overshootNextBy((long) (random.nextDouble() * random.nextDouble() * 40 * MILLI));
            long slot = schedule.awaitNext();
            assertTrue(slot > lastSlot, "seed " + seed);
            assertTrue(clock.nanoTime() - lastTime >= 5 * MILLI, "seed " + seed + ": bunched at slot " + slot);
            assertEquals(slot + 1, taken + schedule.missed(), "seed " + seed);
            lastSlot = slot;
            lastTime = clock.nanoTime();
            clock.advance((long) (random.nextDouble() * 12 * MILLI));
        }
    }

    @Test
    void anEarlyWakeUpIsNoSample() {
        var clock = new ManualClock(0);
        var schedule = new Schedule(clock, 100 * MILLI, 10);
        clock.overshootNextBy(-60 * MILLI);
        assertEquals(0, schedule.awaitNext());
        assertEquals(100 * MILLI, clock.nanoTime());
    }

    @Test
    void stopEndsTheWait() throws InterruptedException {
        var schedule = new Schedule(MonotonicClock.system(), System.nanoTime() + 3_600_000 * MILLI, 1);
        var waiter = Thread.ofPlatform().start(() -> assertEquals(-1, schedule.awaitNext()));
        schedule.stop();
        waiter.join(10_000);
        assertTrue(!waiter.isAlive(), "still waiting after stop");
        assertEquals(-1, schedule.awaitNext());
    }

    @Test
    void absurdRatesAreRefused() {
        for (double rate : new double[] {0, -1, Double.NaN, 1001, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> new Schedule(new ManualClock(0), 0, rate));
        }
    }
}
