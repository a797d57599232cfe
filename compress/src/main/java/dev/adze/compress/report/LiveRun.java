package dev.adze.compress.report;

import java.util.List;

/**
 * The final report of an agent that ran the compressed model on live sensors.
 *
 * @param description what ran, where, how long; one line
 * @param stages      in the order of the sample's way through the agent
 * @param facts       further figures: samples, deadlines missed, resets
 */
public record LiveRun(String description, List<LatencySummary> stages, List<KeyValue> facts) {
    public LiveRun {
        description = description == null ? "" : description;
        stages = Lists.copy(stages);
        facts = Lists.copy(facts);
    }
}
