package dev.adze.agent.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.sample.ManualClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.SensorPanel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    private static final long MILLI = 1_000_000;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(0);

    /** Tells how often it was read, and lets time pass while it is. */
    private final class Slow implements SensorGroup {
        private int reads;

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public List<ChannelInfo> channels() {
            return List.of(new ChannelInfo("due", "ms"));
        }

        @Override
        public void read(long dueNanos, ReadingBuffer out) {
            if (dueNanos != PRIMING && ++reads == 3) {
                clock.advance(700 * MILLI);
            }
            out.ok(0, dueNanos / (double) MILLI);
        }

        @Override
        public void close() {}
    }

    @Test
    void rowsLieOnTheGridAndMissedSlotsAreEmptyRows() throws Exception {
        Path file = folder.resolve("r.csv");
        // The system clock decides how long to wait for the reading thread; the manual one when slots are due.
        try (var panel = new SensorPanel(new SensorCatalog("test", List.of(new Slow())).all(), dev.adze.agent.sample.MonotonicClock.system());
                var writer = new RecordingWriter(file, panel.channels())) {
            panel.prime();
            var recorder = new Recorder(panel, writer, clock, 100 * MILLI, 5000, 4, 1);
            Recorder.Summary summary = recorder.run(8);
            writer.finish();
            // Slot 2 ends at 1,300 ms: slots 3 and 4 (850, 1,100) are gone, slot 5 (1,350) is in time.
            assertEquals(new Recorder.Summary(8, 2, 0, 0), summary);
        }
        assertEquals("""
                time[ms],due[ms]
                5000,100
                5250,350
                5500,600
                5750,
                6000,
                6250,1350
                6500,1600
                6750,1850
                """, Files.readString(file));
    }

    @Test
    void aRecordingOfNothingButGapsStillEnds() throws Exception {
        Path file = folder.resolve("r.csv");
        try (var panel = new SensorPanel(new SensorCatalog("test", List.of(new Slow())).all(), dev.adze.agent.sample.MonotonicClock.system());
                var writer = new RecordingWriter(file, panel.channels())) {
            clock.overshootNextBy(3_600_000 * MILLI);
            var summary = new Recorder(panel, writer, clock, 100 * MILLI, 0, 10, 1).run(5);
            writer.finish();
            assertTrue(summary.rows() == 5, summary.toString());
        }
        assertEquals("time[ms],due[ms]\n0,\n100,\n200,\n300,\n400,\n", Files.readString(file));
    }
}
