package dev.adze.runtime.kernel;

/** One layer of one running network, wired to its input when it was made. For one thread; allocates nothing. */
abstract class LayerStep {
    /** Computes {@link #output} of this time step from the input signal. */
    abstract void step();

    abstract Signal output();

    /**
     * Runs over a sequence from zero state.
     *
     * @param input the signal that this step reads
     * @param from  {@code [steps, input size]}
     * @param to    receives {@code [steps, output size]}
     */
    void sequence(Signal input, float[] from, float[] to, int steps) {
        reset();
        for (int t = 0; t < steps; t++) {
            input.load(from, t * input.size);
            step();
            System.arraycopy(output().values, 0, to, t * output().size, output().size);
        }
    }

    /** The network's features {@code [steps, input size of the network]} of the sequence that comes, for a layer that looks at them. */
    void lookAt(float[] features) {}

    /** Elements of the recurrent state; 0 for a layer without. */
    int stateSize() {
        return 0;
    }

    void reset() {}

    void copyStateTo(float[] state, int offset) {}

    void copyStateFrom(float[] state, int offset) {}
}
