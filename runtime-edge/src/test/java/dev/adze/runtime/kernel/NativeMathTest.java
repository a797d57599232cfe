package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every tier's sigmoid, tanh and GELU give the scalar kernel's bits. The test strides over all floats; {@code main} takes
 * every one of them (some minutes a tier).
 */
class NativeMathTest {
    /** Odd, so that all low bits occur. */
    private static final int STRIDE = 4099;
    private static final int CHUNK = 1 << 12;

    @BeforeAll
    static void requireTheLibrary() {
        assumeTrue(NativeLibrary.obstacle() == null, NativeLibrary.obstacle());
    }

    @Test
    void activationsGiveTheScalarBitsFromAllOverTheFloats() {
        assertEquals(List.of(), differences(STRIDE));
    }

    @Test
    void activationsGiveTheScalarBitsWhereTheirFormulaChanges() {
        float[] edges = {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE,
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, ScalarMath.TANH_LIMIT, -ScalarMath.TANH_LIMIT,
            Math.nextUp(ScalarMath.TANH_LIMIT), Math.nextDown(-ScalarMath.TANH_LIMIT), 2 * ScalarMath.TANH_LIMIT,
            Math.nextUp(2 * ScalarMath.TANH_LIMIT), 1f,
            -4.9f, -5f, -5.1f};
        for (String tier : KernelChoice.nativeTiers()) {
            assertEquals("", difference(tier, edges, edges.length));
        }
    }

    public static void main(String[] args) {
        List<String> differences = differences(1);
        System.out.println("all floats, tiers " + KernelChoice.nativeTiers() + ": "
                + (differences.isEmpty() ? "sigmoid, tanh and GELU equal the scalar kernel's" : differences));
    }

    private static List<String> differences(int stride) {
        return KernelChoice.nativeTiers().stream().map(tier -> firstDifference(tier, stride)).filter(d -> !d.isEmpty())
                .toList();
    }

    private static String firstDifference(String tier, int stride) {
        float[] x = new float[CHUNK];
        int n = 0;
        for (long bits = 0; bits <= 0xFFFF_FFFFL; bits += stride) {
            x[n++] = Float.intBitsToFloat((int) bits);
            if (n == CHUNK || bits + stride > 0xFFFF_FFFFL) {
                String difference = difference(tier, x, n);
                if (!difference.isEmpty()) {
                    return difference;
                }
                n = 0;
            }
        }
        return "";
    }

    /** The first difference in words, or an empty string. */
    private static String difference(String tier, float[] x, int n) {
        int index = NativeLibrary.handles().tiers().indexOf(tier);
        float[] tanh = new float[n];
        float[] sigmoid = new float[n];
        NativeCalls.tanh(index, MemorySegment.ofArray(x), MemorySegment.ofArray(tanh), n);
        float[] gelu = new float[n];
        NativeCalls.gelu(index, MemorySegment.ofArray(x), MemorySegment.ofArray(gelu), n);
        NativeCalls.sigmoid(index, MemorySegment.ofArray(x), MemorySegment.ofArray(sigmoid), n);
        for (int i = 0; i < n; i++) {
            // floatToIntBits: which bit pattern a NaN has is not part of the contract.
            if (Float.floatToIntBits(tanh[i]) != Float.floatToIntBits(ScalarMath.tanh(x[i]))) {
                return tier + ": tanh(" + x[i] + ") is " + tanh[i] + ", not " + ScalarMath.tanh(x[i]);
            }
            if (Float.floatToIntBits(sigmoid[i]) != Float.floatToIntBits(ScalarMath.sigmoid(x[i]))) {
                return tier + ": sigmoid(" + x[i] + ") is " + sigmoid[i] + ", not " + ScalarMath.sigmoid(x[i]);
            }
            if (Float.floatToIntBits(gelu[i]) != Float.floatToIntBits(ScalarMath.gelu(x[i]))) {
                return tier + ": gelu(" + x[i] + ") is " + gelu[i] + ", not " + ScalarMath.gelu(x[i]);
            }
        }
        return "";
    }
}
