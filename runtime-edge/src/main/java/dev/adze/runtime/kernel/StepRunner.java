package dev.adze.runtime.kernel;

/**
 * The changing part of a running network: recurrent state and scratch memory. For one thread; allocates nothing, but where
 * {@link #window} says so. A network that reads whole windows only (a bidirectional layer, self-attention) has {@link #window} alone; the
 * other methods of its runner throw {@link UnsupportedOperationException}.
 */
public interface StepRunner {
    /**
     * Advances the state by one step and computes the step's output.
     *
     * @param features {@code [inputSize]} from {@code offset} on, finite
     * @param output   receives {@code [outputSize]}
     */
    void step(float[] features, int offset, float[] output);

    /** As {@link #step} when nobody looks at the output: layers after the last recurrent one may be left out. */
    void advance(float[] features, int offset);

    /**
     * Runs over a window from zero state and computes the last step's output; leaves the state that {@link #step} would.
     *
     * @param ring      rows of {@code [inputSize]}, {@code capacity} of them; after the last row comes row 0
     * @param inputSize of the network
     * @param first     row of the first step
     * @param steps     1 to {@code capacity}
     * @param output    receives {@code [outputSize]}
     */
    default void window(float[] ring, int inputSize, int capacity, int first, int steps, float[] output) {
        reset();
        int row = first;
        for (int t = 0; t < steps - 1; t++) {
            advance(ring, row * inputSize);
            row = row + 1 == capacity ? 0 : row + 1;
        }
        step(ring, row * inputSize, output);
    }

    /**
     * Runs over several windows of the same length, each from zero state; leaves the state of the last one.
     *
     * @param features {@code [windows, steps, inputSize]}
     * @param outputs  receives {@code [windows, outputSize]}
     */
    default void windows(float[] features, int inputSize, int steps, int windows, float[] outputs, int outputSize) {
        float[] output = new float[outputSize];
        for (int i = 0; i < windows; i++) {
            window(features, inputSize, windows * steps, i * steps, steps, output);
            System.arraycopy(output, 0, outputs, i * outputSize, outputSize);
        }
    }

    /** Zero state. */
    void reset();

    /** Writes the state: layer after layer (see {@link dev.adze.runtime.session.RecurrentState}). */
    void copyStateTo(float[] state);

    /** Takes over a state that {@link #copyStateTo} wrote; the next step gives the bits it would have given then. */
    void copyStateFrom(float[] state);

    /** Multiply-accumulates left out since the last {@link #reset} or {@link #copyStateFrom}, as their digits stood still. */
    default long skippedMultiplyAccumulates() {
        return 0;
    }
}
