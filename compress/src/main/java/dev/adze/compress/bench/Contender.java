package dev.adze.compress.bench;

/** An engine with a network loaded, ready to compute in one {@link Mode} with a number of threads. For one thread. */
interface Contender extends AutoCloseable {
    /** Called before a number of calls that follow each other: sets what this engine keeps per process. */
    default void prepare() {}

    /** The engine's version, as it says itself; empty if it is ours or does not say. */
    default String version() {
        return "";
    }

    /** Zero state; of use in {@link Mode#STEP} only, as a window starts from it anyway. */
    void reset();

    /**
     * @param features {@code [inputs]} of a step, {@code [steps, inputs]} of a window
     * @param output   receives {@code [outputs]}
     */
    void call(float[] features, float[] output);

    /** Share of the multiply-accumulates of the calls since {@link #reset} that was left out; NaN where it is not known. */
    default double leftOut() {
        return Double.NaN;
    }

    @Override
    void close();
}
