package dev.adze.runtime.kernel;

/** A network with its weights ready for a kernel. Immutable, shared by any number of runners on any threads. */
interface StepProgram extends AutoCloseable {
    /** A new runner in zero state, with all the memory it will ever need. */
    StepRunner newRunner();

    /** How many threads compute a step. */
    default ThreadChoice threads() {
        return new ThreadChoice(1, "this kernel computes a step on one thread");
    }

    /** Ends its threads. Memory belongs to the arena that it was compiled into. */
    @Override
    default void close() {}
}
