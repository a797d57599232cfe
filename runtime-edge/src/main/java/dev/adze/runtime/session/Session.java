package dev.adze.runtime.session;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.RecurrentNetwork;

/**
 * One running instance of a network, at the level of network inputs and outputs (scaled features in, scaled outputs
 * out); {@link ModelSession} is the level of sensor values.
 *
 * <p>Belongs to the thread that made it: use from another throws {@link IllegalStateException}, and so does use after
 * {@link #close} of the session or of its network. {@code infer} and {@code inferWindow} allocate nothing.
 *
 * <p>Features must be finite, or {@link IllegalArgumentException} is thrown and the state stays as it was: one NaN
 * would stay in the recurrent state for ever.
 */
public final class Session implements AutoCloseable {
    private final CompiledNetwork compiled;
    private final StepRunner runner;
    private final Thread owner = Thread.currentThread();
    private final int inputSize;
    private final int outputSize;
    private final boolean causal;
    private boolean closed;

    public Session(CompiledNetwork compiled) {
        this.compiled = compiled;
        this.runner = compiled.newRunner();
        this.inputSize = compiled.network().inputSize();
        this.outputSize = compiled.network().outputSize();
        this.causal = compiled.network().causal();
    }

    /**
     * One streaming step: the state is carried from call to call.
     *
     * @param features {@code [inputSize]}
     * @param output   receives {@code [outputSize]}
     * @throws IllegalStateException if the network reads whole windows ({@link RecurrentNetwork#causal})
     */
    public void infer(float[] features, float[] output) {
        requireUsable();
        requireCausal();
        requireLength("output", output, outputSize);
        requireFinite(features, inputSize);
        runner.step(features, 0, output);
    }

    /**
     * Runs a window from zero state; the last step's output counts. Equals {@link #reset} and then {@link #infer} step
     * by step, bit for bit, and leaves the same state behind, where the network can be streamed at all.
     *
     * @param features {@code [steps, inputSize]}
     * @param output   receives {@code [outputSize]}
     */
    public void inferWindow(float[] features, int steps, float[] output) {
        requireUsable();
        if (steps < 1) {
            throw new IllegalArgumentException("a window of " + steps + " steps");
        }
        requireLength("output", output, outputSize);
        requireFinite(features, Math.multiplyExact(steps, inputSize));
        runner.window(features, inputSize, steps, 0, steps, output);
    }

    /**
     * Runs several windows of the same length, each from zero state: the bits of {@link #inferWindow} for each, in less
     * time, as they share the reading of the weights. Leaves the state of the last one.
     *
     * @param features {@code [windows, steps, inputSize]}
     * @param outputs  receives {@code [windows, outputSize]}
     */
    public void inferWindows(float[] features, int steps, int windows, float[] outputs) {
        requireUsable();
        if (steps < 1 || windows < 1) {
            throw new IllegalArgumentException(windows + " windows of " + steps + " steps");
        }
        requireLength("outputs", outputs, Math.multiplyExact(windows, outputSize));
        requireFinite(features, Math.multiplyExact(Math.multiplyExact(windows, steps), inputSize));
        runner.windows(features, inputSize, steps, windows, outputs, outputSize);
    }

    /** As {@link #inferWindow} over a ring of {@code capacity} steps, of which {@code steps} from {@code first} on count. */
    void inferRing(float[] ring, int capacity, int first, int steps, float[] output) {
        requireUsable();
        runner.window(ring, inputSize, capacity, first, steps, output);
    }

    /** Back to zero state. */
    public void reset() {
        requireUsable();
        runner.reset();
    }

    /** The state after the last step. Allocates. */
    public RecurrentState saveState() {
        requireUsable();
        requireCausal();
        float[] values = new float[RecurrentState.size(compiled.network())];
        runner.copyStateTo(values);
        return new RecurrentState(values);
    }

    /**
     * Takes up a saved state: what follows is bit for bit what followed the saving.
     *
     * @throws IllegalArgumentException if the state is not of this network's size or not finite
     */
    public void restoreState(RecurrentState state) {
        requireUsable();
        requireCausal();
        int size = RecurrentState.size(compiled.network());
        float[] values = state.values();
        if (values.length != size) {
            throw new IllegalArgumentException("a state of " + values.length + " values; this network has " + size);
        }
        requireFinite(values, size);
        runner.copyStateFrom(values);
    }

    /**
     * Multiply-accumulates left out since the session began, was reset or took up a state: those of columns whose digits
     * stood still, in a network with {@link dev.adze.runtime.model.Lstm#hold}, where the kernel makes use of that.
     */
    public long skippedMultiplyAccumulates() {
        requireUsable();
        return runner.skippedMultiplyAccumulates();
    }

    public CompiledNetwork network() {
        return compiled;
    }

    /** Ends this session; its network stays open. */
    @Override
    public void close() {
        requireOwner();
        closed = true;
    }

    void requireUsable() {
        requireOwner();
        if (closed) {
            throw new IllegalStateException("the session was closed");
        }
        compiled.requireOpen();
    }

    private void requireCausal() {
        if (!causal) {
            throw new IllegalStateException("a network with a bidirectional layer has no state and no streaming steps; it"
                    + " reads whole windows: use inferWindow");
        }
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("this session belongs to thread \"" + owner.getName()
                    + "\" but was used by thread \"" + Thread.currentThread().getName() + "\"; make one session a thread");
        }
    }

    private static void requireLength(String what, float[] array, int length) {
        if (array.length < length) {
            throw new IllegalArgumentException(what + " has " + array.length + " elements; " + length + " are needed");
        }
    }

    private static void requireFinite(float[] values, int count) {
        requireLength("input", values, count);
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException("input element " + i + " is " + values[i] + "; it must be finite");
            }
        }
    }
}
