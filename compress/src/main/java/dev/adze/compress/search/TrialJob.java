package dev.adze.compress.search;

import dev.adze.compress.pipeline.TrialRun.Held;
import dev.adze.runtime.model.Precision;

/**
 * A sitting of one trial: everything that a process elsewhere, with the same files, needs to run it.
 *
 * @param trial      its number
 * @param folder     absolute; holds {@code recipe.yaml}, and receives all that the trial makes
 * @param pauseAfter epochs of the student, see {@link dev.adze.compress.pipeline.TrialRun.Mode}
 * @param teacher    absolute folder of the steps that trials share
 */
record TrialJob(int trial, String folder, Precision precision, int pauseAfter, String teacher) {
    enum End { PAUSED, FINISHED, FAILED }

    /**
     * How a sitting ended.
     *
     * @param held    of a finished trial; else null
     * @param message of a failed one; else empty
     */
    record Outcome(int trial, End end, int epochs, double error, Held held, String bundle, long bytes, String network,
            double seconds, String message) {}
}
