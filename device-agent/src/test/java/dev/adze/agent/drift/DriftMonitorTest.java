package dev.adze.agent.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.Profile.Drift;
import dev.adze.runtime.drift.Baseline;
import dev.adze.runtime.drift.Distribution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftMonitorTest {
    private static final Drift LIMITS = new Drift(Duration.ofHours(1), 0.25, 0.2);

    private final Random random = new Random(17);
    private final List<DriftReport> reports = new ArrayList<>();

    private Distribution normal() {
        return Distribution.of(random.doubles(4000).map(u -> random.nextGaussian()).toArray());
    }

    private DriftMonitor monitor(int steps) {
        var baseline = new Baseline(List.of(normal(), normal()), List.of(normal()), Distribution.of(new double[] {9, 9, 9}),
                Distribution.of(new double[] {1, 1}));
        return new DriftMonitor(baseline, List.of("a", "b"), List.of("out"), steps, LIMITS, reports::add);
    }

    private void decide(DriftMonitor monitor, long slot, double a, double b, float out) {
        var readings = new ReadingBuffer(2);
        readings.ok(0, a);
        if (!Double.isNaN(b)) {
            readings.ok(1, b);
        }
        Decision decision = DecisionFixture.make(slot, slot * 100, true, 0, new float[] {out}, 0, 0, 0, 0, 0);
        monitor.decided(decision, readings);
    }

    @Test
    void whatIsAsInTrainingHasNotDriftedAndWhatHasMovedHas() {
        DriftMonitor monitor = monitor(1000);
        for (int slot = 0; slot < 2000; slot++) {
            double shift = slot < 1000 ? 0 : 1;
            decide(monitor, slot, random.nextGaussian(), random.nextGaussian() + shift, (float) random.nextGaussian());
        }
        assertEquals(2, reports.size());
        assertEquals(List.of(), reports.get(0).drifted(), "no false alarm");
        assertTrue(reports.get(0).channels().get(1).stabilityIndex() < 0.1);
        assertEquals(List.of("b"), reports.get(1).drifted().stream().map(DriftReport.Feature::name).toList());
        // Of a normal distribution moved by one deviation: 1 and 2 Phi(1/2) - 1 = 0.3829 in theory.
        assertEquals(1, reports.get(1).channels().get(1).stabilityIndex(), 0.2);
        assertEquals(0.3829, reports.get(1).channels().get(1).kolmogorovSmirnov(), 0.06);
        assertEquals(199_900, reports.get(1).epochMillis());
    }

    @Test
    void missingValuesAndMissedSlotsMakeGapsAndNoValues() {
        DriftMonitor monitor = monitor(1000);
        for (int slot = 0; slot < 1000; slot++) {
            if (slot % 10 != 5) {
                decide(monitor, slot, random.nextGaussian(), slot % 10 == 6 ? Double.NaN : random.nextGaussian(), 0);
            }
        }
        DriftReport report = reports.getFirst();
        assertEquals(1000, report.steps());
        assertEquals(900, report.channels().get(0).samples());
        assertEquals(800, report.channels().get(1).samples());
        assertEquals(0.2, report.channels().get(1).missingShare(), 1e-12);
        // A gap of two in every ten steps, where training knew gaps of one.
        assertEquals(100, report.gaps().samples());
        assertEquals(1, report.gaps().kolmogorovSmirnov());
        assertTrue(report.gaps().drifted());
        assertEquals(101, report.sequences().samples());
        assertTrue(report.outputs().getFirst().drifted(), "always 0");
    }

    @Test
    void ofTooFewValuesNothingIsSaid() {
        DriftMonitor monitor = monitor(399);
        for (int slot = 0; slot < 399; slot++) {
            decide(monitor, slot, 100, 100, 100);
        }
        assertFalse(reports.getFirst().channels().getFirst().drifted());
        assertEquals(1, reports.getFirst().channels().getFirst().kolmogorovSmirnov());
    }
}
