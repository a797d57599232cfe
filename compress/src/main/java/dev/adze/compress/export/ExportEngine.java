package dev.adze.compress.export;

/** An exported file opened in the engine that it is meant for. Belongs to one thread. */
interface ExportEngine extends AutoCloseable {
    /** Name and version, for people. */
    String name();

    ExportForm form();

    /** Whether it takes raw values of the channels instead of features. */
    default boolean takesRaw() {
        return false;
    }

    /**
     * Runs features (or raw values) {@code [steps, inputSize]} from zero state, one call a step ({@link ExportForm#STEP}) or all in one.
     */
    Result run(float[] features, int steps);

    @Override
    void close();

    /**
     * @param scaled   {@code [steps, outputs]} of {@link ExportForm#STEP}, {@code [outputs]} of {@link ExportForm#WINDOW}
     * @param physical the same in the outputs' own units; empty if the file has none
     */
    record Result(float[] scaled, float[] physical) {}
}
