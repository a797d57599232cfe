package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.model.RecurrentNetwork;
import java.util.List;
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

    @Test
    void twoThousandUnitsGiveTheSameBits() {
        compare(RecurrentNetwork.stackedLstm(3, 1, 2000, 1), 3, 1f, 2000);
    }
}
