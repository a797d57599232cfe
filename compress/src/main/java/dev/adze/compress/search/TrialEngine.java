package dev.adze.compress.search;

import java.util.List;
import java.util.function.Consumer;

/** Where trials run. */
interface TrialEngine extends AutoCloseable {
    /**
     * Runs the jobs, in any order or at once, and returns when all have ended; {@code done} is called for each as it ends, one
     * call at a time. A trial that fails is an outcome, not an exception.
     *
     * @throws dev.adze.runtime.AdzeException INTERRUPTED if the user stopped it (checkpoints are kept), UNAVAILABLE if there is
     *     nowhere to run, CANNOT_WRITE
     */
    void run(List<TrialJob> jobs, Consumer<TrialJob.Outcome> done);

    /** In words. */
    String name();

    @Override
    void close();
}
