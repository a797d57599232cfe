package dev.adze.runtime.kernel;

/** A layer with its weights ready for a kernel. Immutable and shared. */
interface CompiledLayer {
    /** This layer in zero state, reading {@code input} at every step. */
    LayerStep newStep(Signal input);

    /** The same for a layer that also looks at the network's features of the step. */
    default LayerStep newStep(Signal input, Signal features) {
        return newStep(input);
    }
}
