package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.model.RecurrentNetwork;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three threads a step, on every tier that this processor can run: more than processors perhaps, so that some come late. */
class SharedStepEqualityTest extends KernelEqualityContract {
    @BeforeAll
    static void requireTheLibrary() {
        assumeTrue(NativeLibrary.obstacle() == null, NativeLibrary.obstacle());
    }

    @Override
    List<KernelChoice> kernels() {
        return KernelChoice.nativeTiers().stream().map(KernelChoice::nativeTier).toList();
    }

    @Override
    Threads threads() {
        return Threads.exactly(3);
    }

    @Test
    void layersOfSharedSizeGiveTheSameBits() {
        compare(RecurrentNetwork.stackedLstm(9, 3, 150, 70), 60, 1f, 150);
        compare(RecurrentNetwork.stackedLstm(200, 1, 97, 1), 60, 1f, 97);
    }
}
