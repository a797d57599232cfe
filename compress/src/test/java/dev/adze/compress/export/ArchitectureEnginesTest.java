package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.adze.compress.train.Torch;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.session.Session;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every part of the architecture on the runtime gives what two independent engines give: LibTorch and ONNX Runtime. */
class ArchitectureEnginesTest {
    /** Three engines sum in three orders; the outputs are of the order of 1. */
    private static final double TOLERANCE = 2e-5;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static List<RecurrentLayer> recurrent(int inputs, int hidden) {
        return List.of(new Lstm(inputs, hidden), new Gru(inputs, hidden), new LstmVariant(inputs, hidden, true, false),
                new LstmVariant(inputs, hidden, false, true), new LstmVariant(inputs, hidden, true, true),
                new ProjectedLstm(inputs, 2 * hidden + 1, hidden), new MinimalGate(inputs, hidden));
    }

    private static RecurrentNetwork network(int inputs, Layer... layers) {
        var all = new ArrayList<>(List.of(layers));
        all.add(new Dense(all.getLast().outputSize(), 2, Dense.Activation.IDENTITY));
        return new RecurrentNetwork(inputs, all);
    }

    @Test
    void everyRecurrentLayer() throws OrtException {
        for (int[] size : new int[][] {{1, 1}, {1, 9}, {5, 1}, {7, 33}, {32, 64}}) {
            for (RecurrentLayer layer : recurrent(size[0], size[1])) {
                compare(network(size[0], layer), 11, 1);
            }
        }
    }

    @Test
    void bothDirections() throws OrtException {
        for (RecurrentLayer forward : recurrent(6, 17)) {
            for (RecurrentLayer backward : recurrent(6, 10)) {
                compare(network(6, new Bidirectional(forward, backward), new Gru(27, 8)), 9, 2);
            }
        }
    }

    @Test
    void residualConnections() throws OrtException {
        for (RecurrentLayer layer : recurrent(20, 20)) {
            compare(network(4, new Lstm(4, 20), new Residual(layer), new Residual(new Gru(20, 20))), 9, 3);
        }
        compare(network(4, new Lstm(4, 20), new Residual(new Bidirectional(new Lstm(20, 12), new Gru(20, 8)))), 9, 4);
    }

    @Test
    void poolingOverTheWindow() throws OrtException {
        for (RecurrentLayer layer : recurrent(6, 19)) {
            compare(network(6, layer, new MeanPooling(19), new Dense(19, 5, Dense.Activation.TANH)), 13, 5);
            compare(network(6, layer, new AttentionPooling(19, 7)), 13, 6);
            compare(network(6, new Bidirectional(layer, new Lstm(6, 4)), new AttentionPooling(23, 3)), 13, 7);
        }
    }

    @Test
    void activationsOfDenseLayers() throws OrtException {
        for (Dense.Activation activation : Dense.Activation.values()) {
            compare(network(6, new Lstm(6, 19), new Dense(19, 40, activation), new Dense(40, 30, activation)), 13, 20);
            compare(network(2, new Dense(2, 40, activation)), 1, 21, 9);
        }
    }

    @Test
    void convolutionsBeforeTheRecurrentLayers() throws OrtException {
        for (Dense.Activation activation : Dense.Activation.values()) {
            for (int[] shape : new int[][] {{1, 1}, {3, 1}, {5, 2}, {2, 9}}) { // the last reaches almost beyond the window
                compare(network(4, new Convolution(4, 19, shape[0], shape[1], activation), new Convolution(19, 7, 3, 2, activation),
                        new Lstm(7, 9)), 11, 22);
            }
        }
    }

    @Test
    void selfAttentionAndTransformerLayers() throws OrtException {
        for (int heads : new int[] {1, 3, 24}) {
            compare(network(5, new Lstm(5, 24), new SelfAttention(24, heads)), 13, 23);
            compare(network(5, new Gru(5, 24), new TransformerLayer(24, heads, 50), new TransformerLayer(24, heads, 7)), 13, 24);
            compare(network(5, new Bidirectional(new Gru(5, 12), new Lstm(5, 12)), new SelfAttention(24, heads),
                    new TransformerLayer(24, heads, 33), new AttentionPooling(24, 6)), 13, 25);
        }
        compare(network(5, new Lstm(5, 6), new SelfAttention(6, 2)), 1, 26);
    }

    @Test
    void staticFeaturesBesideTheSeries() throws OrtException {
        compare(network(5, new Lstm(5, 24), new StaticFeatures(24, List.of(4, 0))), 7, 27);
        compare(network(5, new Gru(5, 24), new MeanPooling(24), new StaticFeatures(24, List.of(2)), new Dense(25, 8, Dense.Activation.GELU)),
                7, 28);
        compare(network(5, new Bidirectional(new Gru(5, 12), new Lstm(5, 12)), new StaticFeatures(24, List.of(3))), 7, 29);
    }

    @Test
    void largeLayers() throws OrtException {
        compare(network(3, new Gru(3, 1000)), 4, 8);
        compare(network(3, new LstmVariant(3, 700, true, true)), 4, 9);
        compare(network(3, new ProjectedLstm(3, 1000, 300), new MinimalGate(300, 600)), 4, 10);
    }

    @Test
    void inputsFromDenormalToHuge() throws OrtException {
        for (RecurrentLayer layer : recurrent(5, 16)) {
            for (float magnitude : new float[] {1e-42f, 1e-6f, 30f}) {
                compare(network(5, layer), 8, 10, magnitude);
            }
        }
    }

    private static void compare(RecurrentNetwork network, int steps, long seed) throws OrtException {
        compare(network, steps, seed, 1);
    }

    private static void compare(RecurrentNetwork network, int steps, long seed, float magnitude) throws OrtException {
        Random random = new Random(seed);
        Weights weights = weights(network, random);
        float[] features = new float[steps * network.inputSize()];
        for (int i = 0; i < features.length; i++) {
            features[i] = magnitude * (float) random.nextGaussian();
        }
        float[] torch = inTorch(weights, features, steps);
        float[] onnx = inOnnxRuntime(weights, features, steps);
        for (KernelChoice kernel : List.of(KernelChoice.scalar(), KernelChoice.best())) {
            float[] ours = new float[network.outputSize()];
            try (var compiled = CompiledNetwork.compile(
                    dev.adze.runtime.model.NetworkTensors.of(weights), kernel); var session = new Session(compiled)) {
                session.inferWindow(features, steps, ours);
            }
            for (int k = 0; k < ours.length; k++) {
                String what = kernel.name() + ", " + network + ", seed " + seed + ", inputs " + magnitude;
                assertEquals(torch[k], ours[k], TOLERANCE, "LibTorch and " + what);
                assertEquals(onnx[k], ours[k], TOLERANCE, "ONNX Runtime and " + what);
            }
        }
    }

    private static Weights weights(RecurrentNetwork network, Random random) {
        var tensors = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[(int) spec.elementCount()];
            float bound = (float) (1 / Math.sqrt(spec.shape().size() == 2 ? spec.shape().getLast() : 2));
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat(-bound, bound);
            }
            tensors.put(spec.name(), values);
        }
        return new Weights(network, tensors);
    }

    static float[] inTorch(Weights weights, float[] features, int steps) {
        try (var network = new TorchNetwork(weights.network(), 0, 1); var _ = new PointerScope(); var _ = new NoGradGuard()) {
            network.load(weights);
            var x = torch.from_blob(new FloatPointer(features), 1, steps, weights.network().inputSize());
            var last = network.forward(x, false).outputs().select(1, steps - 1L).contiguous();
            float[] output = new float[weights.network().outputSize()];
            last.data_ptr_float().get(output);
            return output;
        }
    }

    private static float[] inOnnxRuntime(Weights weights, float[] features, int steps) throws OrtException {
        var environment = OrtEnvironment.getEnvironment();
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            try (var session = environment.createSession(OnnxParts.write(weights, steps), options);
                    var x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(features),
                            new long[] {steps, weights.network().inputSize()});
                    var result = session.run(Map.of(OnnxParts.INPUT, x))) {
                float[][] rows = (float[][]) result.get(0).getValue();
                return rows[rows.length - 1];
            }
        }
    }
}
