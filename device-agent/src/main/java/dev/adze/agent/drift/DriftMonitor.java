package dev.adze.agent.drift;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.drift.DriftReport.Feature;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.Profile.Drift;
import dev.adze.runtime.drift.Baseline;
import dev.adze.runtime.drift.Distribution;
import dev.adze.runtime.drift.RunLengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares what comes in and goes out with the bundle's baseline, stretch by stretch. Counts values into the baseline's own
 * bins, so that its memory is fixed and a decision costs a binary search a channel; allocates only at a stretch's end.
 */
public final class DriftMonitor implements DecisionSink {
    /** With fewer, the stability index of values that have not drifted is often beyond its limit: it comes to some bins/n. */
    static final int LEAST_SAMPLES = 400;
    /** Of runs there are fewer, and their limits are no wider: below this many nothing is said of them. */
    static final int LEAST_RUNS = 100;

    private final Tally[] channels;
    private final Tally[] outputs;
    private final Tally sequences;
    private final Tally gaps;
    private final RunLengths lengths;
    private final long stretchSteps;
    private final Drift limits;
    private final Consumer<DriftReport> reports;
    private long firstSlot = -1;
    private long lastSlot = -1;

    /** Values of one feature in the bins of its baseline. */
    private static final class Tally {
        private final String name;
        private final Distribution baseline;
        private final long[] counts;
        private long samples;

        Tally(String name, Distribution baseline) {
            this.name = name;
            this.baseline = baseline;
            counts = new long[baseline.bins()];
        }

        void add(double value) {
            counts[baseline.bin(value)]++;
            samples++;
        }

        /** And begins anew. */
        Feature feature(long steps, int least, Drift limits) {
            double index = baseline.stabilityIndex(counts);
            double distance = baseline.kolmogorovSmirnov(counts);
            long rows = baseline.total() + baseline.missing();
            var feature = new Feature(name, samples, index, distance, 1 - (double) samples / steps,
                    rows == 0 ? 0 : (double) baseline.missing() / rows,
                    samples >= least && (index >= limits.stabilityIndex() || distance >= limits.kolmogorovSmirnov()));
            Arrays.fill(counts, 0);
            samples = 0;
            return feature;
        }
    }

    /**
     * @param stretchSteps after how many steps there is a report
     * @param reports      takes them on the loop's thread, and returns at once
     */
    public DriftMonitor(Baseline baseline, List<String> channels, List<String> outputs, long stretchSteps, Drift limits,
            Consumer<DriftReport> reports) {
        this.channels = tallies(channels, baseline.channels());
        this.outputs = tallies(outputs, baseline.outputs());
        sequences = new Tally("sequence-lengths", baseline.sequences());
        gaps = new Tally("gap-lengths", baseline.gaps());
        lengths = new RunLengths((whole, steps) -> (whole ? sequences : gaps).add(steps));
        this.stretchSteps = stretchSteps;
        this.limits = limits;
        this.reports = reports;
    }

    private static Tally[] tallies(List<String> names, List<Distribution> baselines) {
        var tallies = new Tally[baselines.size()];
        Arrays.setAll(tallies, i -> new Tally(names.get(i), baselines.get(i)));
        return tallies;
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        if (firstSlot < 0) {
            firstSlot = decision.slot();
            lastSlot = firstSlot - 1;
        }
        lengths.steps(false, decision.slot() - lastSlot - 1);
        lastSlot = decision.slot();
        boolean whole = true;
        for (int i = 0; i < channels.length; i++) {
            double value = readings.value(i);
            if (Double.isNaN(value)) {
                whole = false;
            } else {
                // As in training, where values are single.
                channels[i].add((float) value);
            }
        }
        lengths.step(whole);
        float[] said = decision.outputs();
        for (int i = 0; i < outputs.length && decision.warm(); i++) {
            if (Float.isFinite(said[i])) {
                outputs[i].add(said[i]);
            }
        }
        if (lastSlot - firstSlot + 1 >= stretchSteps) {
            report(decision.epochMillis());
        }
    }

    private void report(long epochMillis) {
        long steps = lastSlot - firstSlot + 1;
        lengths.end();
        reports.accept(new DriftReport(epochMillis, steps, features(channels, steps), features(outputs, steps),
                sequences.feature(Math.max(1, sequences.samples), LEAST_RUNS, limits), gaps.feature(Math.max(1, gaps.samples), LEAST_RUNS, limits)));
        firstSlot = lastSlot + 1;
    }

    private List<Feature> features(Tally[] tallies, long steps) {
        var features = new ArrayList<Feature>();
        for (Tally tally : tallies) {
            features.add(tally.feature(steps, LEAST_SAMPLES, limits));
        }
        return features;
    }
}
