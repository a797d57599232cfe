package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.Random;

/**
 * A hash over the outputs of a long run of a fixed network on fixed inputs. Any kernel, vector width, processor and
 * language that keeps docs/arithmetic.md gets the same.
 */
public final class KernelHash {
    static final String FP32 = "fp32 43c6754646b4e8e2";
    static final String INT8 = "int8 d120d97ff2002cd6";

    private KernelHash() {}

    /** Prints kernel and reason, and both hashes unless the argument {@code choice} stands there. */
    public static void main(String[] args) {
        KernelChoice choice = KernelChoice.best();
        System.out.println(choice.name() + " (" + choice.reason() + ")");
        if (args.length == 0) {
            System.out.println(fp32(choice));
            System.out.println(int8(choice));
        }
    }

    private static Weights weights() {
        return RandomNetworks.weights(RecurrentNetwork.stackedLstm(7, 2, 45, 3), new Random(20261121));
    }

    static String fp32(KernelChoice choice) {
        return "fp32 " + hash(NetworkTensors.of(weights()), choice);
    }

    static String int8(KernelChoice choice) {
        return "int8 " + hash(RandomNetworks.quantize(weights()), choice);
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
