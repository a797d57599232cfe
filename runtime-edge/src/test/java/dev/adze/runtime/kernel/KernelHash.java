package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A hash over the outputs of a long run of a fixed network on fixed inputs. Any kernel, vector width, processor and
 * language that keeps docs/arithmetic.md gets the same.
 */
public final class KernelHash {
    /** What every kernel gives, a line a precision. */
    static final List<String> EXPECTED = List.of("fp32 43c6754646b4e8e2", "fp16 9d4f49367cda5437", "int8 d120d97ff2002cd6",
            "int4 e95eb5b8737ca451");

    private KernelHash() {}

    /** Prints kernel and reason, and the hashes unless the argument {@code choice} stands there. */
    public static void main(String[] args) {
        KernelChoice choice = KernelChoice.best();
        System.out.println(choice.name() + " (" + choice.reason() + ")");
        if (args.length == 0) {
            of(choice).forEach(System.out::println);
        }
    }

    /** In the order of {@link #EXPECTED}. */
    static List<String> of(KernelChoice choice) {
        Weights weights = RandomNetworks.weights(RecurrentNetwork.stackedLstm(7, 2, 45, 3), new Random(20261121));
        return RandomNetworks.PRECISIONS.stream().map(precision -> precision.name().toLowerCase(Locale.ROOT) + " "
                + hash(RandomNetworks.tensors(weights, precision), choice)).toList();
    }

    private static String hash(NetworkTensors tensors, KernelChoice choice) {
        long hash = 0xcbf29ce484222325L; // FNV-1a over the bits of every output
        try (CompiledNetwork network = CompiledNetwork.compile(tensors, choice)) {
            StepRunner runner = network.newRunner();
            Random random = new Random(42);
            float[] features = new float[7];
            float[] output = new float[3];
            for (int t = 0; t < 20_000; t++) {
                for (int k = 0; k < features.length; k++) {
                    features[k] = 6 * random.nextFloat() - 3;
                }
                runner.step(features, 0, output);
                for (float value : output) {
                    hash = (hash ^ Float.floatToIntBits(value)) * 0x100000001b3L;
                }
            }
        }
        return Long.toHexString(hash);
    }
}
