package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.AdzeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The choice of a native tier; that of the kernel is KernelChoiceTest's. */
class NativeChoiceTest {
    private final String kernelBefore = System.getProperty(KernelChoice.KERNEL_PROPERTY);

    @AfterEach
    void restoreProperties() {
        set(KernelChoice.KERNEL_PROPERTY, kernelBefore);
        set(KernelChoice.NATIVE_TIER_PROPERTY, null);
    }

    private static void set(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    @Test
    void theFastestNativeTierIsChosenWhereThereIsALibrary() {
        assumeTrue(NativeLibrary.obstacle() == null, NativeLibrary.obstacle());
        set(KernelChoice.KERNEL_PROPERTY, null);
        assertEquals("native-" + KernelChoice.nativeTiers().getLast(), KernelChoice.best().name());
    }

    @Test
    void aPropertyForcesATier() {
        for (String tier : KernelChoice.nativeTiers()) {
            set(KernelChoice.KERNEL_PROPERTY, "native");
            set(KernelChoice.NATIVE_TIER_PROPERTY, tier);
            assertEquals("native-" + tier, KernelChoice.best().name());
        }
    }

    @Test
    void anUnknownTierIsRefusedByName() {
        assumeTrue(NativeLibrary.obstacle() == null, NativeLibrary.obstacle());
        set(KernelChoice.KERNEL_PROPERTY, "native");
        set(KernelChoice.NATIVE_TIER_PROPERTY, "sse9");
        AdzeException tier = assertThrows(AdzeException.class, KernelChoice::best);
        assertEquals(AdzeException.Kind.UNAVAILABLE, tier.kind());
        assertTrue(tier.getMessage().contains("sse9") && tier.getMessage().contains("generic"), tier.getMessage());
    }
}
