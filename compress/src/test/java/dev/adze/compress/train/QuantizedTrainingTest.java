package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.quantize.Calibration;
import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.session.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizedTrainingTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    /** Weights like trained ones; a dense layer passes its inputs on, so that the hidden values themselves come out. */
    private static Weights weights(RecurrentNetwork network, Random random) {
        var tensors = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            for (TensorSpec spec : layer.tensors()) {
                float[] values = new float[(int) spec.elementCount()];
                double bound = 2 / Math.sqrt(layer.outputSize());
                for (int k = 0; k < values.length; k++) {
                    values[k] = layer instanceof Dense ? k % (layer.inputSize() + 1) == 0 && spec.shape().size() == 2 ? 1 : 0
                            : (float) random.nextDouble(-bound, bound);
                }
                tensors.put(RecurrentNetwork.tensorName(i, spec.name()), values);
            }
        }
        return new Weights(network, tensors);
    }

    private static RecurrentNetwork withIdentity(int inputs, Layer... layers) {
        var all = new ArrayList<>(List.of(layers));
        int size = all.getLast().outputSize();
        all.add(new Dense(size, size, Dense.Activation.IDENTITY));
        return new RecurrentNetwork(inputs, all);
    }

    private static List<RecurrentNetwork> networks() {
        return List.of(
                withIdentity(5, new Lstm(5, 33), new Lstm(33, 40)),
                withIdentity(3, new Lstm(3, 70), new Residual(new Lstm(70, 70)), new Lstm(70, 9)),
                withIdentity(40, new Gru(40, 36), new Gru(36, 17)),
                withIdentity(4, new ProjectedLstm(4, 50, 20), new ProjectedLstm(20, 31, 9), new MinimalGate(9, 12)),
                withIdentity(6, new MinimalGate(6, 33), new Residual(new MinimalGate(33, 33)), new ProjectedLstm(33, 40, 7)),
                // long enough rows for sums beyond 2^24, where single precision ends
                withIdentity(1, new Lstm(1, 1200), new Lstm(1200, 2)),
                withIdentity(4, new Bidirectional(new Lstm(4, 20), new Gru(4, 16)), new Lstm(36, 12)));
    }

    private static float[] simulated(TorchNetwork net, float[] features, int steps, boolean training) {
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            Tensor x = torch.from_blob(new FloatPointer(features), 1, steps, net.network().inputSize());
            return TorchNetwork.toArray(net.forward(x, training).outputs());
        }
    }

    private static float[] onTheDevice(NetworkTensors tensors, float[] features, int steps) {
        RecurrentNetwork network = tensors.network();
        int outputs = network.outputSize();
        try (var compiled = CompiledNetwork.compile(tensors, KernelChoice.scalar()); var session = new Session(compiled)) {
            if (!network.causal()) {
                float[] last = new float[outputs];
                session.inferWindow(features, steps, last);
                return last;
            }
            float[] all = new float[steps * outputs];
            float[] output = new float[outputs];
            for (int t = 0; t < steps; t++) {
                session.infer(Arrays.copyOfRange(features, t * network.inputSize(), (t + 1) * network.inputSize()), output);
                System.arraycopy(output, 0, all, t * outputs, outputs);
            }
            return all;
        }
    }

    private static float[] features(RecurrentNetwork network, int steps, Random random) {
        float[] features = new float[steps * network.inputSize()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        Arrays.fill(features, 0, network.inputSize(), 0); // a silent step has a rule of its own
        return features;
    }

    /** The simulation's hidden values are those of the runtime's reference kernel on the bundle's integers, bit for bit. */
    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"INT8", "INT4"})
    void simulatesTheDeviceToTheBit(Precision precision) {
        int steps = 12;
        for (int i = 0; i < networks().size(); i++) {
            long seed = 31 * i + 7;
            var random = new Random(seed);
            RecurrentNetwork network = networks().get(i);
            Weights weights = weights(network, random);
            StepSizes start = StepSizes.of(weights, precision, Calibration.MIN_MAX);
            start.byTensor().values().forEach(s -> { // learned steps are no longer those of post-training quantization
                for (int k = 0; k < s.length; k++) {
                    s[k] *= (float) Math.exp(0.1 * random.nextGaussian());
                }
            });
            float[] features = features(network, steps, random);
            try (var torch = TorchNetwork.quantized(weights, start, 0, 1)) {
                float[] given = simulated(torch, features, steps, false);
                NetworkTensors tensors = NetworkQuantizer.quantize(torch.weights(), torch.steps());
                float[] wanted = onTheDevice(tensors, features, steps);
                given = Arrays.copyOfRange(given, given.length - wanted.length, given.length);
                int apart = 0;
                for (int k = 0; k < wanted.length; k++) {
                    apart += Float.floatToIntBits(wanted[k]) == Float.floatToIntBits(given[k]) ? 0 : 1;
                }
                assertEquals(0, apart, "of " + wanted.length + " values differ, network " + i + ", seed " + seed);
                float[] near = simulated(torch, features, steps, true);
                near = Arrays.copyOfRange(near, near.length - wanted.length, near.length);
                double squares = 0;
                for (int k = 0; k < wanted.length; k++) {
                    squares += Math.pow(wanted[k] - near[k], 2) / wanted.length;
                }
                assertTrue(Math.sqrt(squares) < 2e-3, "while training " + Math.sqrt(squares) + " away, seed " + seed);
            }
        }
    }

    private Trainer.Result tune(TorchNetwork torch, TrainSpec spec, String name, int stopAt) {
        return new Trainer(torch, new SineWindows(320, 1), new SineWindows(96, 2), new FeatureLayout(2, 1), spec,
                new SupervisedObjective(spec), 7, folder.resolve(name), new QuietListener(stopAt)).run();
    }

    /** The way of a recipe: train, quantize after the fact, then go on with the integers in the forward pass. */
    @Test
    void fineTuningGivesBackWhatFourBitsTookAndResumesToTheSameBits() {
        TrainSpec plain = Specs.of(12, 0.01, 12, 0, 0, Augmentation.NONE);
        TrainSpec fine = plain.fineTuning(3, 2e-3);
        Weights trained;
        double asFloat;
        try (var torch = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 16, 1), 0, 7)) {
            Trainer.Result result = tune(torch, plain, "plain.pt", -1);
            trained = result.weights();
            asFloat = result.bestMetric();
        }
        StepSizes start = StepSizes.of(trained, Precision.INT4, Calibration.MIN_MAX);
        try (var torch = TorchNetwork.quantized(trained, start, 0, 7);
                var again = TorchNetwork.quantized(trained, start, 0, 7)) {
            double before = Evaluation.metric(torch, new SineWindows(96, 2), fine);
            Trainer.Result result = tune(torch, fine, "whole.pt", -1);
            assertTrue(before > asFloat, "4 bits cost nothing: " + before + " and " + asFloat);
            assertTrue(result.bestMetric() - asFloat < 0.5 * (before - asFloat),
                    asFloat + " in floats, " + before + " in 4 bits, " + result.bestMetric() + " after fine-tuning");
            int moved = 0;
            for (var entry : torch.steps().byTensor().entrySet()) {
                float[] first = start.byTensor().get(entry.getKey());
                for (int i = 0; i < first.length; i++) {
                    moved += entry.getValue()[i] != first[i] ? 1 : 0;
                }
            }
            assertTrue(moved > 100, "only " + moved + " of 128 steps were learned");

            assertThrows(AdzeException.class, () -> tune(again, fine, "parts.pt", 13));
            tune(again, fine, "parts.pt", -1);
            torch.weights().tensors().forEach((name, values) -> assertArrayEquals(values, again.weights().tensors().get(name), name));
            torch.steps().byTensor().forEach((name, values) -> assertArrayEquals(values, again.steps().byTensor().get(name), name));
        }
    }

    @Test
    void theGradientOfAStepIsThatOfLearnedStepSizes() {
        var random = new Random(3);
        float[] values = new float[40];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        try (PointerScope _ = new PointerScope()) {
            Tensor weight = torch.from_blob(new FloatPointer(values), 1, values.length).clone().requires_grad_(true);
            float step = 0.013f; // some weights lie beyond 127 steps
            var matrix = new QuantizedMatrix(weight, new float[] {step}, Precision.INT8);
            QuantizedMatrix.Integers integers = matrix.integers();
            integers.values().mul(integers.scale()).sum().backward();
            double wanted = 0; // Esser et al. 2020, equation 3
            float[] ofWeights = TorchNetwork.toArray(weight.grad());
            for (int i = 0; i < values.length; i++) {
                double u = values[i] / step;
                boolean clipped = Math.abs(Math.rint(u)) > 127;
                wanted += clipped ? Math.signum(u) * 127 : Math.rint(u) - u;
                assertEquals(clipped ? 0 : 1, ofWeights[i], 1e-5, "weight " + values[i]);
            }
            float given = TorchNetwork.toArray(matrix.change().grad())[0];
            assertEquals(wanted, given / (4 * step), 1e-3 * Math.abs(wanted), "d(step) = 4 step d(change)");
        }
    }

    @Test
    void layersWithoutASimulationAreRefusedByName() {
        var network = withIdentity(3, new LstmVariant(3, 8, true, false));
        Weights weights = weights(network, new Random(1));
        var refused = assertThrows(AdzeException.class,
                () -> TorchNetwork.quantized(weights, StepSizes.of(weights, Precision.INT8, Calibration.MIN_MAX), 0, 1));
        assertEquals(AdzeException.Kind.USAGE, refused.kind());
        assertTrue(refused.getMessage().contains("layerNorm"), refused::getMessage);
    }
}
