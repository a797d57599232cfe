package dev.adze.agent.drift;

import java.util.List;
import java.util.stream.Stream;

/**
 * How far a stretch of decisions lay from what the model was trained on.
 *
 * @param epochMillis of the stretch's last decision
 * @param steps       it is long, missed ones included
 * @param channels    raw readings
 * @param outputs     of the warm model
 * @param sequences   lengths of runs in which every channel was measured
 * @param gaps        lengths of the runs between them
 */
public record DriftReport(long epochMillis, long steps, List<Feature> channels, List<Feature> outputs, Feature sequences, Feature gaps) {
    public DriftReport {
        channels = List.copyOf(channels);
        outputs = List.copyOf(outputs);
    }

    /**
     * @param samples            values in the stretch
     * @param stabilityIndex     against the baseline; NaN where either has no values
     * @param kolmogorovSmirnov  against the baseline; NaN where either has no values
     * @param missingShare       of the steps, in the stretch
     * @param baselineMissing    of the rows, in the training part
     * @param drifted            whether there were enough values and one of the figures is beyond its limit
     */
    public record Feature(String name, long samples, double stabilityIndex, double kolmogorovSmirnov, double missingShare,
            double baselineMissing, boolean drifted) {}

    /** What has drifted, the channels first. */
    public List<Feature> drifted() {
        return Stream.of(channels.stream(), outputs.stream(), Stream.of(sequences, gaps)).flatMap(s -> s).filter(Feature::drifted).toList();
    }
}
