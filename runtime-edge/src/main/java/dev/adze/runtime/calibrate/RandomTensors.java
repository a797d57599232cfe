package dev.adze.runtime.calibrate;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Random;

/** Weights of a network that is only to be timed: small, none zero, of the right types. */
public final class RandomTensors {
    private RandomTensors() {}

    public static NetworkTensors of(RecurrentNetwork network, Precision precision) {
        var random = new Random(1);
        var tensors = new LinkedHashMap<String, Tensor>();
        NetworkTensors.layout(network, precision).forEach((name, slot) -> {
            int count = slot.shape().stream().reduce(1, Math::multiplyExact);
            tensors.put(name, switch (slot.type()) {
                case F32 -> Tensor.of(slot.shape(), floats(random, count, name.endsWith(".scale") ? 1e-3f : 0.1f));
                case F16 -> Tensor.half(slot.shape(), floats(random, count, 0.1f));
                case I8 -> Tensor.of(slot.shape(), bytes(random, count));
                case U8 -> {
                    byte[] halves = new byte[count];
                    Arrays.fill(halves, (byte) 0x88); // zeros where a row's last half is unused; the time is the same
                    yield Tensor.unsigned(slot.shape(), halves);
                }
            });
        });
        return new NetworkTensors(network, precision, tensors);
    }

    private static float[] floats(Random random, int count, float largest) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = largest * (0.1f + 0.9f * random.nextFloat());
        }
        return values;
    }

    /** From 1 to 127, which serves matrices and multipliers. */
    private static byte[] bytes(Random random, int count) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] = (byte) (1 + random.nextInt(127));
        }
        return values;
    }
}
