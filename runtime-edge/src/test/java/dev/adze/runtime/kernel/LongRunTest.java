package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The hashes of 100,000 steps are the ones that src/test/scripts/cross-isa.sh printed on x86-64 and AArch64
 * (docs/results/cross-isa.md): a device of another kind would give the same.
 */
class LongRunTest {
    private static final int STEPS = 100_000;

    @Test
    void aLongFp32RunHasTheHashOfAllProcessors() {
        compare(HashRun.Kind.FP32, 0x91b2a407a85589efL);
    }

    @Test
    void aLongFp16RunHasTheHashOfAllProcessors() {
        compare(HashRun.Kind.FP16, 0x71aefefb96ab1dfdL);
    }

    @Test
    void aLongInt8RunHasTheHashOfAllProcessors() {
        compare(HashRun.Kind.INT8, 0x365b36106b0532b5L);
    }

    @Test
    void aLongInt4RunHasTheHashOfAllProcessors() {
        compare(HashRun.Kind.INT4, 0x03ec1cefac176e86L);
    }

    @Test
    void aLongRunWithDeltaUpdatesHasTheHashOfAllProcessors() {
        compare(HashRun.Kind.DELTA, 0x287086c8aea6c45dL);
    }

    @Test
    void aLongRunOfBlockSparseWeightsHasTheHashOfAllProcessors() {
        compare(HashRun.Kind.SPARSE, 0x1db491f9f563d0fcL);
    }

    private static void compare(HashRun.Kind kind, long expected) {
        List<KernelChoice> kernels = new ArrayList<>(List.of(KernelChoice.scalar(), KernelChoice.vector()));
        KernelChoice.nativeTiers().forEach(tier -> kernels.add(KernelChoice.nativeTier(tier)));
        for (KernelChoice kernel : kernels) {
            assertEquals(Long.toHexString(expected), Long.toHexString(HashRun.hash(kind, kernel, STEPS)), kernel.name());
        }
    }
}
