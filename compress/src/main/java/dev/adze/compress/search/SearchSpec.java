package dev.adze.compress.search;

import dev.adze.runtime.model.Precision;
import java.nio.file.Path;
import java.util.List;

/**
 * What a search file says, checked.
 *
 * @param name       of the search and its folder
 * @param text       the file's content without the number of trials and the choice: a search goes on only in a folder of the same
 * @param recipe     that all trials start from
 * @param overrides  of the base recipe, before those of a trial
 * @param trials     to be made, stopped and failed ones included
 * @param parallel   trials that are proposed at once; a search gives the same result whatever runs them, but another with
 *                   another number here
 * @param space      what is varied
 * @param precision  key of the space that says which bundle is judged; all of {@code precisions} that are not varied
 * @param objectives beside the error
 * @param budget     what a device allows
 * @param latency    where latencies come from
 * @param halving    when a trial is stopped early
 * @param within     the chosen trial is the cheapest on the front whose error is at most this share above the best's
 */
public record SearchSpec(String name, String text, Path recipe, List<String> overrides, long seed, int trials, int parallel,
        List<Dimension> space, Precision precision, List<Cost> objectives, Budget budget, Latency latency, Halving halving,
        double within) {
    /** Key in a space for the precision that is judged. */
    public static final String PRECISION = "precision";

    /** What is to be small beside the error, all known before training. */
    public enum Cost {
        /** Bytes of the bundle. */
        SIZE,
        /** 99th percentile of a step, microseconds. */
        LATENCY
    }

    /**
     * Candidates beyond it are not tried. 0: no limit.
     *
     * @param latencyMicros 99th percentile of a step
     * @param bytes         of the bundle
     * @param memoryBytes   of weights and one session's state
     * @param origin        for messages
     */
    public record Budget(double latencyMicros, long bytes, long memoryBytes, String origin) {}

    /**
     * @param table  measured on the device by {@code adze-agent calibrate}; null: measured here when the search begins
     * @param slower factor on the table's times
     */
    public record Latency(Path table, double slower) {}

    /**
     * Successive halving: at the end of epoch {@code firstEpochs}, {@code firstEpochs * factor}, … of the student's training a
     * trial waits, and goes on only while it belongs to the best {@code 1 / factor} of those that came as far.
     *
     * @param firstEpochs 0 for no stopping
     */
    public record Halving(int firstEpochs, int factor) {}

    public SearchSpec {
        overrides = List.copyOf(overrides);
        space = List.copyOf(space);
        objectives = List.copyOf(objectives);
    }

    /** Epochs after which trials of so many epochs wait, in order. */
    List<Integer> rungs(int epochs) {
        var rungs = new java.util.ArrayList<Integer>();
        for (long rung = halving.firstEpochs(); rung > 0 && rung < epochs; rung *= halving.factor()) {
            rungs.add((int) rung);
        }
        return rungs;
    }
}
