package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What delta updates save and cost: 2 x 560 units in int8, random weights, 32 inputs that wander slowly, for several
 * values of hold, in turn within every round.
 *
 * <pre>
 *   DeltaTiming [steps]
 * </pre>
 */
public final class DeltaTiming {
    private static final int[] HOLDS = {0, 1, 2, 4, 8};

    private DeltaTiming() {}

    public static void main(String[] args) {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 3000;
        StepRunner[] runners = new StepRunner[HOLDS.length];
        RecurrentNetwork network = null;
        for (int i = 0; i < HOLDS.length; i++) {
            network = new RecurrentNetwork(32, List.of(new Lstm(32, 560, HOLDS[i]), new Lstm(560, 560, HOLDS[i]),
                    new Dense(560, 1, Dense.Activation.IDENTITY)));
            NetworkTensors tensors = RandomNetworks.tensors(RandomNetworks.weights(network, new Random(1)), Precision.INT8);
            runners[i] = CompiledNetwork.compile(tensors).newRunner(); // open until the process ends
        }
        double[][] micros = new double[HOLDS.length][steps];
        double[] error = new double[HOLDS.length];
        float[] x = new float[32];
        float[] exact = new float[1];
        float[] output = new float[1];
        Random random = new Random(2);
        for (int t = 0; t < steps; t++) {
            for (int k = 0; k < x.length; k++) {
                x[k] = 0.99f * x[k] + 0.05f * (float) random.nextGaussian();
            }
            for (int i = 0; i < HOLDS.length; i++) {
                long start = System.nanoTime();
                runners[i].step(x, 0, output);
                micros[i][t] = (System.nanoTime() - start) * 1e-3;
                if (i == 0) {
                    exact[0] = output[0];
                }
                error[i] = Math.max(error[i], Math.abs(output[0] - exact[0]));
            }
        }
        for (int i = 0; i < HOLDS.length; i++) {
            Arrays.sort(micros[i]);
            System.out.printf(Locale.ROOT, "hold %d: median %.1f us, %.1f %% of multiply-accumulates skipped, outputs off by %.2g at most%n",
                    HOLDS[i], micros[i][steps / 2], 100.0 * runners[i].skippedMultiplyAccumulates()
                            / ((double) steps * network.multiplyAccumulates()), error[i]);
        }
    }
}
