package dev.adze.compress.bench;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.recipe.Presets;
import dev.adze.compress.report.Units;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.WeightBlocks;
import dev.adze.runtime.model.Weights;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What every engine computes: one network with the same weights on the same inputs.
 *
 * @param name    of the bundle or preset
 * @param weights fp32, from which every engine makes its own
 * @param int8    our own int8 weights, made from those (or, of an int8 bundle, those made from these)
 * @param steps   {@code [STEPS][inputs]}, Gaussian noise with mean 0 and deviation 1, as scaled features have, or a bundle's
 *                golden inputs, scaled, one golden case after the other
 * @param windows {@code [WINDOWS][windowSteps * inputs]}, likewise
 * @param inputsFrom what the inputs are, for people
 * @param stated  errors that the bundle states, for people; empty for none
 */
record Workload(String name, Weights weights, NetworkTensors int8, int windowSteps, float[][] steps, float[][] windows,
        String inputsFrom, String stated) {
    /** What our kernels compute in. */
    static final List<Precision> PRECISIONS = List.of(Precision.FP32, Precision.FP16, Precision.INT8, Precision.INT4);
    private static final int STEPS = 256;
    private static final int WINDOWS = 8;

    /** A preset with random weights: an engine's time does not depend on them. */
    static Workload ofPreset(String preset, int inputs, int outputs, int windowSteps, long seed) {
        var random = new Random(seed);
        Weights weights = randomWeights(Presets.byId(preset).network(inputs, outputs), random);
        return of(preset, weights, NetworkQuantizer.int8(weights), windowSteps, random);
    }

    /** @throws dev.adze.runtime.AdzeException if the file is no sound bundle */
    static Workload ofBundle(Path file, int windowSteps, long seed) {
        try (Arena arena = Arena.ofConfined()) {
            Bundle bundle = Bundle.read(file, arena);
            Weights weights = bundle.weights().toWeights();
            return of(bundle.manifest().name(), weights, windowSteps, seed).with(GoldenFeatures.of(bundle), stated(bundle));
        }
    }

    static Workload of(String name, Weights weights, int windowSteps, long seed) {
        return of(name, weights, NetworkQuantizer.int8(weights), windowSteps, new Random(seed));
    }

    private static Workload of(String name, Weights weights, NetworkTensors int8, int windowSteps, Random random) {
        int inputs = weights.network().inputSize();
        return new Workload(name, weights, int8, windowSteps, noise(STEPS, inputs, random),
                noise(WINDOWS, windowSteps * inputs, random), "Gaussian noise", "");
    }

    private Workload with(List<float[]> features, String stated) {
        if (features.isEmpty()) {
            return new Workload(name, weights, int8, windowSteps, steps, windows, inputsFrom, stated);
        }
        int inputs = network().inputSize();
        float[][] realSteps = new float[STEPS][];
        for (int t = 0; t < STEPS; t++) {
            realSteps[t] = features.get(t % features.size());
        }
        float[][] realWindows = new float[WINDOWS][windowSteps * inputs];
        for (int w = 0; w < WINDOWS; w++) {
            for (int t = 0; t < windowSteps; t++) {
                float[] step = features.get((w * windowSteps + t) % features.size());
                System.arraycopy(step, 0, realWindows[w], t * inputs, inputs);
            }
        }
        return new Workload(name, weights, int8, windowSteps, realSteps, realWindows, "those of the bundle's golden vectors", stated);
    }

    /** The errors on held-out data. */
    private static String stated(Bundle bundle) {
        return bundle.manifest().metrics().entrySet().stream().filter(e -> e.getKey().matches("(fp32\\.)?test\\..*"))
                .map(e -> e.getKey() + " " + Units.significant(e.getValue(), 4)).collect(Collectors.joining(", "));
    }

    /** Whether there is something that a kernel may leave out: held digits, or blocks of zeros. */
    boolean allowsLeavingOut() {
        for (int i = 0; i < network().layers().size(); i++) {
            if (network().layers().get(i) instanceof Lstm lstm && (lstm.hold() > 0
                    || hasZeroBlocks(i, "weight_ih", lstm) || hasZeroBlocks(i, "weight_hh", lstm))) {
                return true;
            }
        }
        return false;
    }

    private boolean hasZeroBlocks(int layer, String matrix, Lstm lstm) {
        Tensor tensor = int8.get(layer, matrix);
        var blocks = new WeightBlocks(lstm.hiddenSize(), tensor.shape().getLast());
        return blocks.worthwhile(blocks.kept(tensor.toBytes()));
    }

    RecurrentNetwork network() {
        return weights.network();
    }

    NetworkTensors tensors(Precision precision) {
        return switch (precision) {
            case FP32 -> NetworkTensors.of(weights);
            case INT8 -> int8;
            case FP16, INT4 -> NetworkQuantizer.quantize(weights, precision);
            case MIXED -> throw new IllegalArgumentException("which?");
        };
    }

    float[][] inputs(Mode mode) {
        return switch (mode) {
            case STEP -> steps;
            case WINDOW -> windows;
        };
    }

    private static float[][] noise(int count, int length, Random random) {
        float[][] values = new float[count][length];
        for (float[] row : values) {
            for (int i = 0; i < length; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    /** Uniform with variance 1/columns, forget gates biased by 1: hidden values are then neither dead nor saturated. */
    static Weights randomWeights(RecurrentNetwork network, RandomGenerator random) {
        var tensors = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < network.layers().size(); i++) {
            for (TensorSpec spec : network.layers().get(i).tensors()) {
                float[] values = new float[Math.toIntExact(spec.elementCount())];
                double bound = spec.shape().size() == 2 ? Math.sqrt(3.0 / spec.shape().getLast()) : 0.1;
                for (int k = 0; k < values.length; k++) {
                    values[k] = (float) random.nextDouble(-bound, bound);
                }
                switch (network.layers().get(i)) {
                    case Lstm lstm when spec.shape().size() == 1 -> {
                        for (int k = lstm.hiddenSize(); k < 2 * lstm.hiddenSize(); k++) {
                            values[k] += 1;
                        }
                    }
                    case Layer _ -> { }
                }
                tensors.put(RecurrentNetwork.tensorName(i, spec.name()), values);
            }
        }
        return new Weights(network, tensors);
    }
}
