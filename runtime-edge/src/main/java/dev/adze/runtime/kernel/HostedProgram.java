package dev.adze.runtime.kernel;

import java.util.function.Supplier;

/** Runners of another engine, and what lets it go. */
record HostedProgram(Supplier<StepRunner> runners, Runnable release) implements StepProgram {
    @Override
    public StepRunner newRunner() {
        return runners.get();
    }

    @Override
    public ThreadChoice threads() {
        return new ThreadChoice(1, "another engine computes the step");
    }

    @Override
    public void close() {
        release.run();
    }
}
