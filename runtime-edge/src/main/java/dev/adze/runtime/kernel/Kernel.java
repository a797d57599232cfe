package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;

/** One way to compute a network's time step. All kernels give the same bits (docs/arithmetic.md). */
interface Kernel {
    /** For logs and reports: {@code scalar}, {@code vector-512}. */
    String name();

    /** Why this kernel cannot run a network, in one clause; null if it can. */
    default String obstacle(NetworkTensors tensors) {
        return null;
    }

    /**
     * Makes the weights ready for this kernel.
     *
     * @param arena owns what memory outside the heap the program needs; stays open as long as the program is used
     */
    StepProgram compile(NetworkTensors tensors, Arena arena);

    /** Whether several threads can share a step. */
    default boolean sharesSteps() {
        return false;
    }

    /** With threads that share a step, where this kernel can. */
    default StepProgram compile(NetworkTensors tensors, Arena arena, Threads threads) {
        return compile(tensors, arena);
    }
}
