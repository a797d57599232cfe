package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** Every tier that this processor can run. */
class NativeKernelEqualityTest extends KernelEqualityContract {
    @BeforeAll
    static void requireTheLibrary() {
        assumeTrue(NativeLibrary.obstacle() == null, NativeLibrary.obstacle());
    }

    @Override
    List<KernelChoice> kernels() {
        return KernelChoice.nativeTiers().stream().map(KernelChoice::nativeTier).toList();
    }
}
