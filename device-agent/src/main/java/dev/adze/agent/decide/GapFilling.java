package dev.adze.agent.decide;

import dev.adze.profiles.Profile.AfterGap;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.session.ModelSession;
import dev.adze.runtime.session.SessionState;
import java.util.Arrays;

/**
 * Carries a {@link GapPolicy} out on one session; keeps the newest samples if they are to be replayed. Allocates nothing but
 * in a gap.
 */
final class GapFilling {
    private final GapPolicy policy;
    private final ModelSession session;
    private final TaskSpec task;
    private final int channels;
    private final float[] nothing;
    private final float[] outputs;
    /** The newest samples of {@link AfterGap#REPLAY}, as a ring. */
    private final float[] samples;
    private long sampled;
    private boolean replayed;

    GapFilling(GapPolicy policy, ModelSession session, TaskSpec task, int channels) {
        this.policy = policy;
        this.session = session;
        this.task = task;
        this.channels = channels;
        nothing = new float[channels];
        Arrays.fill(nothing, Float.NaN);
        outputs = new float[task.outputs().size()];
        samples = new float[policy.kind() == AfterGap.REPLAY ? Math.multiplyExact(policy.replaySteps(), channels) : 0];
    }

    /** Tells of a sample that the session was given. */
    void sampled(float[] raw) {
        if (samples.length > 0) {
            System.arraycopy(raw, 0, samples, (int) (sampled % policy.replaySteps()) * channels, channels);
            sampled++;
        }
        replayed = false;
    }

    /** The kept samples, the newest last, {@code [steps, channels]}; empty but with {@link AfterGap#REPLAY}. */
    float[] samples() {
        int steps = (int) Math.min(sampled, policy.replaySteps());
        if (samples.length == 0 || steps == 0) {
            return new float[0];
        }
        float[] ordered = new float[steps * channels];
        for (int i = 0; i < steps; i++) {
            System.arraycopy(samples, (int) ((sampled - steps + i) % policy.replaySteps()) * channels, ordered, i * channels, channels);
        }
        return ordered;
    }

    /** Takes up what {@link #samples} gave in an earlier run; of more than are wanted the newest. */
    void keep(float[] ordered) {
        for (int at = 0; samples.length > 0 && at + channels <= ordered.length; at += channels) {
            sampled(Arrays.copyOfRange(ordered, at, at + channels));
        }
    }

    /** To be called before the first sample after so many missed ones. */
    void bridge(long missed) {
        if (missed == 0 || session.stepsSeen() == 0) {
            return;
        }
        switch (policy.kind()) {
            case HOLD -> {}
            case RESET -> session.reset();
            case BRIDGE -> fill(missed);
            case DECAY -> {
                if (task.mode() == TaskSpec.Mode.STREAM) {
                    fade(missed);
                } else {
                    fill(missed);
                }
            }
            case REPLAY -> {
                // A replay that takes longer than a step makes a gap of its own: replaying that too would never end.
                if (replayed) {
                    fill(missed);
                } else {
                    replay();
                }
            }
        }
    }

    private void fill(long missed) {
        if (missed >= task.windowSteps()) {
            session.reset();
            return;
        }
        for (long i = 0; i < missed; i++) {
            give(nothing);
        }
    }

    private void give(float[] raw) {
        session.preprocess(raw);
        if (task.mode() == TaskSpec.Mode.STREAM) {
            session.infer(outputs);
        }
    }

    /** The memory grows less, and so does the number of steps that it counts for: the warm-up begins again in part. */
    private void fade(long missed) {
        double share = Math.exp(-Math.log(2) * missed / policy.halfLifeSteps());
        SessionState state = session.saveState();
        session.restoreState(new SessionState(Math.round(share * Math.min(state.stepsSeen(), task.windowSteps())), state.window(),
                state.recurrent().faded(share), state.preprocessor()));
    }

    private void replay() {
        float[] ordered = samples();
        session.reset();
        float[] raw = new float[channels];
        for (int at = 0; at < ordered.length; at += channels) {
            System.arraycopy(ordered, at, raw, 0, channels);
            give(raw);
        }
        replayed = true;
    }
}
