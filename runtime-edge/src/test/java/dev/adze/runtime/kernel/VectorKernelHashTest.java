package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** 20,000 steps give the recorded bits; Surefire runs this at all widths. */
class VectorKernelHashTest {
    @Test
    void theVectorKernelGivesTheRecordedBits() {
        assertEquals("vector-" + VectorWidth.BITS, KernelChoice.vector().name());
        assertEquals(KernelHash.EXPECTED, KernelHash.of(KernelChoice.vector()));
    }
}
