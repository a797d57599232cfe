package dev.adze.runtime.kernel;

/** One layer of one running network, wired to its input when it was made. For one thread; allocates nothing. */
abstract class LayerStep {
    /** Computes {@link #output} of this time step from the input signal. */
    abstract void step();

    abstract Signal output();

    /** Elements of the recurrent state; 0 for a layer without. */
    int stateSize() {
        return 0;
    }

    void reset() {}

    void copyStateTo(float[] state, int offset) {}

    void copyStateFrom(float[] state, int offset) {}
}
