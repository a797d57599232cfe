package dev.adze.runtime.kernel;

/** The changing part of a running network: recurrent state and scratch memory. For one thread; allocates nothing. */
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

    /** Zero state. */
    void reset();

    /** Writes the state: for every recurrent layer in order, h then c (LSTM: {@code [hiddenSize]} each). */
    void copyStateTo(float[] state);

    /** Takes over a state that {@link #copyStateTo} wrote; the next step gives the bits it would have given then. */
    void copyStateFrom(float[] state);
}
