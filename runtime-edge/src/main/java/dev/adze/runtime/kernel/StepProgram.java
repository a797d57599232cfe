package dev.adze.runtime.kernel;

/** A network with its weights ready for a kernel. Immutable, shared by any number of runners on any threads. */
interface StepProgram {
    /** A new runner in zero state, with all the memory it will ever need. */
    StepRunner newRunner();
}
