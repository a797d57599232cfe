package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
