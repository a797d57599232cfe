package dev.adze.runtime.kernel;

import java.util.List;

/** Surefire runs this at all vector widths. */
class VectorKernelEqualityTest extends KernelEqualityContract {
    @Override
    List<KernelChoice> kernels() {
        return List.of(KernelChoice.vector());
    }
}
