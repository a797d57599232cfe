package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import java.util.Arrays;
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

    @Test
    void weightsAtTheirLimitsNeverSaturate() {
        // Every digit and every weight of the largest magnitude: sums of up to 2000 * 127 * 127.
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(9, 2, 200, 1);
        for (int sign : new int[] {1, -1}) {
            var tensors = new java.util.LinkedHashMap<String, Tensor>();
            NetworkTensors.layout(network, Precision.INT8).forEach((name, slot) -> {
                int count = slot.shape().stream().reduce(1, (a, b) -> a * b);
                tensors.put(name, switch (slot.type()) {
                    case I8 -> {
                        byte[] values = new byte[count];
                        Arrays.fill(values, (byte) (sign * 127));
                        yield Tensor.of(slot.shape(), values);
                    }
                    default -> {
                        float[] values = new float[count];
                        Arrays.fill(values, name.endsWith(".scale") ? 0.1f : sign * 5f);
                        yield Tensor.of(slot.shape(), values);
                    }
                });
            });
            float[][] steps = new float[6][9];
            for (int t = 0; t < steps.length; t++) {
                Arrays.fill(steps[t], t % 2 == 0 ? 1f : -1f);
            }
            compare(new NetworkTensors(network, Precision.INT8, tensors), steps, "weights of " + sign * 127);
        }
    }
}
