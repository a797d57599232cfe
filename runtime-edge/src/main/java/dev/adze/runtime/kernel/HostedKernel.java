package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.util.function.Supplier;

/** The name of another engine in the place of a kernel; its networks come compiled. */
record HostedKernel(Supplier<String> engine) implements Kernel {
    @Override
    public String name() {
        return engine.get();
    }

    @Override
    public StepProgram compile(NetworkTensors tensors, Arena arena) {
        throw new IllegalStateException("networks of " + name() + " come compiled");
    }
}
