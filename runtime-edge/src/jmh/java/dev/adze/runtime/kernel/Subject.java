package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.Random;

/** What benchmarks run: random weights, whose values do not change the time. */
final class Subject {
    static final int INPUTS = 32;

    private Subject() {}

    /** @param size {@code LAYERSxUNITS}, for example 2x560, after {@value #INPUTS} inputs and before one output */
    static NetworkTensors tensors(String size, Precision precision) {
        String[] parts = size.split("x");
        RecurrentNetwork network =
                RecurrentNetwork.stackedLstm(INPUTS, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), 1);
        return RandomNetworks.tensors(RandomNetworks.weights(network, new Random(1)), precision);
    }

    /** @param name {@code scalar}, {@code vector}, {@code native} for its fastest tier, or {@code native-TIER} */
    static KernelChoice kernel(String name) {
        return switch (name) {
            case "scalar" -> KernelChoice.scalar();
            case "vector" -> KernelChoice.vector();
            case "native" -> KernelChoice.nativeTier(KernelChoice.nativeTiers().getLast());
            default -> KernelChoice.nativeTier(name.substring("native-".length()));
        };
    }

    /** Standard normal, seeded. */
    static float[] values(int count) {
        Random random = new Random(2);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
