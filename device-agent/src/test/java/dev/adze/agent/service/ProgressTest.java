package dev.adze.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.GapPolicy;
import dev.adze.agent.decide.InferenceLoop;
import dev.adze.agent.decide.StateKeeper;
import dev.adze.agent.TestBundles;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.OneChannel;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorPanel;
import dev.adze.profiles.Profile.AfterGap;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final OneChannel ONE = new OneChannel(new ChannelInfo("a", "V"), due -> 1);
    private long now;
    private final List<String> sent = new ArrayList<>();
    private final Progress.Manager manager = new Progress.Manager() {
        @Override
        public void send(String state) {
            sent.add(now / 1_000_000 + " " + state);
        }

        @Override
        public void alive() {
            sent.add(now / 1_000_000 + " alive");
        }
    };

    private final class Clock implements MonotonicClock {
        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void parkUntil(long nanoTime) {
            now = Math.max(now, nanoTime);
        }
    }

    /** A loop at 10 Hz; after the given slot the machine stands still for two seconds. */
    private void run(int slots, int stallAfter, Map<String, String> environment, long periodNanos) {
        var preprocess = TestBundles.letters(1);
        TaskSpec task = TestBundles.task(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 4, 100, 1);
        int[] told = new int[1];
        try (var panel = new SensorPanel(new SensorCatalog("test", List.of(ONE)).all(), MonotonicClock.system());
                var session = TestBundles.session(preprocess, task)) {
            var progress = new Progress((Decision d, ReadingBuffer _, long _, long _, int _) -> {
                told[0]++;
                if (d.slot() == stallAfter) {
                    now += 2_000_000_000L;
                }
            }, manager, environment, 77, periodNanos, "a model");
            new InferenceLoop(new Clock(), 0, 0, 10, panel, 20_000_000_000L, session, task, (_, _) -> {}, progress,
                    GapPolicy.of(AfterGap.BRIDGE, task), StateKeeper.NONE).run(slots);
        }
        assertEquals(stallAfter < slots ? slots - 20 : slots, told[0], 1, "the books are told of each decision");
    }

    @Test
    void theWatchdogIsFedByDecisionsAtMostFourTimesInItsTimeAndNotWhileTheLoopStandsStill() {
        run(50, 17, Map.of("WATCHDOG_USEC", "1200000", "WATCHDOG_PID", "77"), 100_000_000);
        // Every 300 ms; silent from 1.5 s until the first decision after the stall, due at 3.7 s.
        assertEquals(List.of("0 READY=1\nSTATUS=a model", "300 alive", "600 alive", "900 alive", "1200 alive", "1500 alive",
                "3700 alive", "4000 alive", "4300 alive", "4600 alive", "4900 alive"), sent);
    }

    @Test
    void aScheduleSlowerThanTheWatchdogAsksForThreeOfItsPeriods() {
        run(2, 99, Map.of("WATCHDOG_USEC", "1200000"), 60_000_000_000L);
        assertEquals("0 READY=1\nSTATUS=a model\nWATCHDOG_USEC=180000000", sent.getFirst());
    }

    @Test
    void withoutAWatchdogOrWithAnotherProcesssOnlyReadinessIsTold() {
        run(30, 99, Map.of(), 100_000_000);
        now = 0;
        run(30, 99, Map.of("WATCHDOG_USEC", "1200000", "WATCHDOG_PID", "78"), 100_000_000);
        assertEquals(List.of("0 READY=1\nSTATUS=a model", "0 READY=1\nSTATUS=a model"), sent);
    }
}
