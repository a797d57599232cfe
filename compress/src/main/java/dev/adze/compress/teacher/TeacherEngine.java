package dev.adze.compress.teacher;

/** A model that answers windows of features and shows nothing else. Belongs to one thread. */
public interface TeacherEngine extends AutoCloseable {
    /**
     * @param steps  1 where only the last step of a window is answered, else the window's
     * @param values {@code [count, steps, outputs]}
     */
    record Answer(int steps, float[] values) {}

    /** With its version. */
    String name();

    /** What the model is, in words. */
    String architecture();

    /** Trained numbers; null where they cannot be told. */
    Long parameters();

    /**
     * @param features {@code [count, steps, features]}
     * @param count    1 or more
     * @throws dev.adze.runtime.AdzeException USAGE where the answer does not fit the task, MISMATCH where the engine fails
     */
    Answer answer(float[] features, int count);

    @Override
    void close();
}
