package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.runtime.model.Precision;
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
        compare(Precision.FP32, 0x91b2a407a85589efL);
    }

    @Test
    void aLongFp16RunHasTheHashOfAllProcessors() {
        compare(Precision.FP16, 0x71aefefb96ab1dfdL);
    }

    @Test
    void aLongInt8RunHasTheHashOfAllProcessors() {
        compare(Precision.INT8, 0x365b36106b0532b5L);
    }

    @Test
    void aLongInt4RunHasTheHashOfAllProcessors() {
        compare(Precision.INT4, 0x03ec1cefac176e86L);
    }

    private static void compare(Precision precision, long expected) {
        List<KernelChoice> kernels = new ArrayList<>(List.of(KernelChoice.scalar(), KernelChoice.vector()));
        KernelChoice.nativeTiers().forEach(tier -> kernels.add(KernelChoice.nativeTier(tier)));
        for (KernelChoice kernel : kernels) {
            assertEquals(Long.toHexString(expected), Long.toHexString(HashRun.hash(precision, kernel, STEPS)), kernel.name());
        }
    }
}
