package dev.adze.runtime.session;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.preprocess.Preprocessor;

/**
 * From raw sensor values to physical outputs, one time step at a time, in two stages that a caller can time apart:
 *
 * <pre>
 *   session.preprocess(raw);      // raw channels -> features, into the window or up for the next streaming step
 *   session.infer(outputs);       // network -> outputs in physical units, clipped
 * </pre>
 * {@link TaskSpec.Mode#STREAM}: every preprocessed step is inferred exactly once, in turn.
 * {@link TaskSpec.Mode#WINDOW}: {@link #infer} runs over the newest {@code windowSteps} steps, or over all steps seen
 * while there are fewer; it may be called as often or as seldom as the caller likes.
 *
 * <p>Belongs to the thread that made it, as {@link Session} does. Allocates nothing per step.
 */
public final class ModelSession implements AutoCloseable {
    private final TaskSpec task;
    private final Preprocessor preprocessor;
    private final Session session;
    private final int channels;
    private final int featureCount;
    private final int capacity;
    private final float[] ring;
    private final float[] scaled;
    private final double[] center;
    private final double[] scale;
    private final double[] min;
    private final double[] max;
    private final References references;
    private final References.History history;
    private final ForecastErrors errors;
    private long stepsSeen;
    private boolean pending;

    public ModelSession(CompiledNetwork network, PreprocessSpec preprocess, TaskSpec task) {
        this.task = task;
        preprocessor = new Preprocessor(preprocess);
        session = new Session(network);
        channels = preprocess.channels().size();
        featureCount = preprocess.featureCount();
        if (featureCount != network.network().inputSize() || task.outputs().size() != network.network().outputSize()) {
            throw new IllegalArgumentException("preprocessing gives " + featureCount + " features and the task has "
                    + task.outputs().size() + " outputs, but the network takes " + network.network().inputSize()
                    + " and gives " + network.network().outputSize());
        }
        capacity = switch (task.mode()) {
            case WINDOW -> task.windowSteps();
            case STREAM -> 1;
        };
        ring = new float[Math.multiplyExact(capacity, featureCount)];
        scaled = new float[task.outputs().size()];
        center = task.outputs().stream().mapToDouble(TaskSpec.OutputSpec::center).toArray();
        scale = task.outputs().stream().mapToDouble(TaskSpec.OutputSpec::scale).toArray();
        min = task.outputs().stream().mapToDouble(TaskSpec.OutputSpec::min).toArray();
        max = task.outputs().stream().mapToDouble(TaskSpec.OutputSpec::max).toArray();
        references = new References(task, preprocess);
        errors = task.anomaly().map(anomaly -> new ForecastErrors(task, preprocess, anomaly.smoothing())).orElse(null);
        history = (channel, lag) -> ring[(int) ((stepsSeen - 1 - lag) % capacity) * featureCount + channel];
    }

    /**
     * Takes in the raw values of one time step.
     *
     * @param raw {@code [channels]} in the channels' units; NaN or infinite means missing
     * @throws IllegalStateException in stream mode if the step before was not inferred
     */
    public void preprocess(float[] raw) {
        session.requireUsable();
        if (raw.length < channels) {
            throw new IllegalArgumentException("raw has " + raw.length + " elements; the model takes " + channels);
        }
        if (pending && task.mode() == TaskSpec.Mode.STREAM) {
            throw new IllegalStateException("the step before was not inferred; a stream must see every step");
        }
        preprocessor.apply(raw, 0, ring, (int) (stepsSeen % capacity) * featureCount);
        if (errors != null) {
            errors.measured(raw, 0);
        }
        stepsSeen++;
        pending = true;
    }

    /**
     * Computes the outputs of the newest step.
     *
     * @param outputs receives {@code [outputs]} in physical units: {@code center + scale * networkOutput}, plus what the
     *                output is relative to ({@link References}), clipped to the output's bounds
     * @throws IllegalStateException if no step was preprocessed; in stream mode, since the last call
     */
    public void infer(float[] outputs) {
        inferScaled(scaled);
        for (int i = 0; i < scaled.length; i++) {
            // In double and in this order; NaN stays NaN.
            outputs[i] = (float) Math.clamp(center[i] + scale[i] * scaled[i] + references.of(i, history, Math.min(stepsSeen, capacity)),
                    min[i], max[i]);
        }
        if (errors != null && warm()) {
            errors.forecast(outputs, 0);
        }
    }

    /**
     * How unusual the newest step is: its distance from what was forecast for it, 1 where the bundle's threshold is met. It
     * counts forecasts that {@link #infer} made at warm steps, so every step should be inferred.
     *
     * @return NaN while no forecast has come due: in the first steps, after {@link #reset}, and after {@link #restoreState} of a state
     *         without forecasts
     * @throws IllegalStateException if the task is no anomaly detection
     */
    public double anomalyScore() {
        if (errors == null) {
            throw new IllegalStateException("the task is " + task.kind() + ", which has no anomaly score");
        }
        return errors.score(task.anomaly().orElseThrow());
    }

    /** As {@link #infer}, but leaves the network's own (scaled) outputs. */
    public void inferScaled(float[] outputs) {
        switch (task.mode()) {
            case STREAM -> {
                if (!pending) {
                    throw new IllegalStateException("no new step to infer; call preprocess first");
                }
                session.infer(ring, outputs);
            }
            case WINDOW -> {
                if (stepsSeen == 0) {
                    throw new IllegalStateException("no step to infer; call preprocess first");
                }
                int steps = (int) Math.min(stepsSeen, capacity);
                session.inferRing(ring, capacity, (int) ((stepsSeen - steps) % capacity), steps, outputs);
            }
        }
        pending = false;
    }

    /**
     * Outputs of several windows of a {@link TaskSpec.Mode#WINDOW} model at once: for each the bits of a fresh session that
     * was given its steps, in less time, as they share the reading of the weights. Leaves the session fresh; allocates.
     *
     * @param raw     {@code [windows, steps, channels]}; NaN or infinite means missing
     * @param steps   1 to the task's {@code windowSteps}
     * @param outputs receives {@code [windows, outputs]} in physical units
     */
    public void inferWindows(float[] raw, int steps, int windows, float[] outputs) {
        if (task.mode() != TaskSpec.Mode.WINDOW || steps < 1 || steps > capacity) {
            throw new IllegalArgumentException("windows of " + steps + " steps; a window model takes 1 to " + capacity);
        }
        float[] features = new float[windows * steps * featureCount];
        float[] all = new float[windows * scaled.length];
        for (int row = 0; row < windows * steps; row++) {
            if (row % steps == 0) {
                preprocessor.reset();
            }
            preprocessor.apply(raw, row * channels, features, row * featureCount);
        }
        session.inferWindows(features, steps, windows, all);
        for (int w = 0; w < windows; w++) {
            int last = w * steps + steps - 1;
            References.History window = (channel, lag) -> features[(int) (last - lag) * featureCount + channel];
            for (int i = 0; i < scaled.length; i++) {
                int k = w * scaled.length + i;
                outputs[k] = (float) Math.clamp(center[i] + scale[i] * all[k] + references.of(i, window, steps), min[i], max[i]);
            }
        }
        reset();
    }

    /** Whether {@code windowSteps} steps were seen since the start or {@link #reset}: before, outputs are provisional. */
    public boolean warm() {
        return stepsSeen >= task.windowSteps();
    }

    /** Steps taken in since the start or {@link #reset}. */
    public long stepsSeen() {
        return stepsSeen;
    }

    /** The features of the newest step, {@code [featureCount]}, for drift checks; copied to {@code features}. */
    public void copyFeatures(float[] features) {
        if (stepsSeen == 0) {
            throw new IllegalStateException("no step was preprocessed");
        }
        System.arraycopy(ring, (int) ((stepsSeen - 1) % capacity) * featureCount, features, 0, featureCount);
    }

    /**
     * A copy of everything that the next step depends on. Between steps: in stream mode the newest one has to be inferred.
     *
     * @throws IllegalStateException in stream mode if the newest step was not inferred
     */
    public SessionState saveState() {
        if (pending && task.mode() == TaskSpec.Mode.STREAM) {
            throw new IllegalStateException("the newest step was not inferred");
        }
        return new SessionState(stepsSeen, ring, session.saveState(), preprocessor.saveState(),
                errors == null ? ErrorsState.NONE : errors.saveState());
    }

    /**
     * Goes on from a saved state of the same model: the outputs that follow are, bit for bit, those of a session that was
     * never interrupted.
     *
     * @throws IllegalArgumentException if the state is another model's; then nothing has changed
     */
    public void restoreState(SessionState state) {
        if (state.window().length != ring.length || state.stepsSeen() < 0) {
            throw new IllegalArgumentException("a state of " + state.window().length + " features, but the session holds " + ring.length);
        }
        if (!state.errors().isNone() && (errors == null || !errors.fits(state.errors()))) {
            throw new IllegalArgumentException("the state of an anomaly score with other forecasts");
        }
        SessionState before = new SessionState(stepsSeen, ring, session.saveState(), preprocessor.saveState());
        try {
            session.restoreState(state.recurrent());
            preprocessor.restoreState(state.preprocessor());
        } catch (IllegalArgumentException e) {
            session.restoreState(before.recurrent());
            throw e;
        }
        System.arraycopy(state.window(), 0, ring, 0, ring.length);
        stepsSeen = state.stepsSeen();
        pending = false;
        if (errors != null) {
            errors.restoreState(state.errors());
        }
    }

    /** Forgets everything: the next step is the first of a new series. */
    public void reset() {
        session.reset();
        preprocessor.reset();
        stepsSeen = 0;
        pending = false;
        if (errors != null) {
            errors.reset();
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
