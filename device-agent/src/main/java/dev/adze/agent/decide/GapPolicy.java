package dev.adze.agent.decide;

import dev.adze.profiles.Profile.AfterGap;
import dev.adze.profiles.Profile.State;
import dev.adze.runtime.bundle.TaskSpec;

/**
 * What becomes of a model's memory when samples are missing.
 *
 * @param halfLifeSteps of {@link AfterGap#DECAY}: missed steps after which half of the memory is left; above 0
 * @param replaySteps   of {@link AfterGap#REPLAY}: how many of the newest samples are kept to be given again; at least 1
 */
public record GapPolicy(AfterGap kind, double halfLifeSteps, int replaySteps) {
    public GapPolicy {
        if (!(halfLifeSteps > 0) || replaySteps < 1) {
            throw new IllegalArgumentException(halfLifeSteps + " steps, " + replaySteps + " steps");
        }
    }

    /** With what is usual: half of the memory is lost in half of the model's window, and one window is replayed. */
    public static GapPolicy of(AfterGap kind, TaskSpec task) {
        return new GapPolicy(kind, Math.max(1, task.windowSteps() / 2.0), task.windowSteps());
    }

    /** As the profile says. */
    public static GapPolicy of(State state, TaskSpec task, double rateHz) {
        GapPolicy usual = of(state.afterGap(), task);
        return new GapPolicy(usual.kind, state.halfLife().map(life -> life.toNanos() * 1e-9 * rateHz).orElse(usual.halfLifeSteps),
                state.replaySteps().orElse(usual.replaySteps));
    }
}
