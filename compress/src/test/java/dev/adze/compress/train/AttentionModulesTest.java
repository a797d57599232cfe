package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.MultiheadAttentionImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TransformerEncoderLayerImpl;
import org.bytedeco.pytorch.TransformerEncoderLayerOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attention and Transformer layers are LibTorch's own modules of these names; convolutions carry what came before. */
class AttentionModulesTest {
    private static final int SIZE = 12;
    private static final int HEADS = 3;
    private static final int STEPS = 9;
    private static final int BATCH = 4;

    private static final TrainingListener QUIET = new TrainingListener() {
        @Override
        public void onStep(long step, long totalSteps, double loss, double secondsPerStep) {}

        @Override
        public void onEpoch(Epoch epoch, boolean best) {}

        @Override
        public boolean stopRequested() {
            return false;
        }
    };

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static Weights weights(RecurrentNetwork network) {
        var random = new Random(3);
        var tensors = new LinkedHashMap<String, float[]>();
        network.tensors().forEach(spec -> {
            float[] values = new float[(int) spec.elementCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat(-0.5f, 0.5f);
            }
            tensors.put(spec.name(), values);
        });
        return new Weights(network, tensors);
    }

    /** Gives a module the weights of layer 0 under its own names. */
    private static void load(Module module, Weights weights, Map<String, String> names) {
        var parameters = module.named_parameters();
        names.forEach((theirs, ours) -> {
            Tensor tensor = parameters.get(theirs);
            tensor.copy_(torch.from_blob(new FloatPointer(weights.get(0, ours)), tensor.numel()).view_as(tensor));
        });
        assertTrue(parameters.size() == names.size(), parameters.size() + " parameters");
    }

    private static Tensor laterSteps() {
        return torch.zeros(STEPS, STEPS).masked_fill(torch.ones(STEPS, STEPS).triu(1).eq(new Scalar(1.0)),
                new Scalar(Double.NEGATIVE_INFINITY));
    }

    private static void compare(Layer layer, Weights weights, Tensor x, Tensor expected) {
        try (var network = new TorchNetwork(new RecurrentNetwork(SIZE, List.of(layer)), 0, 1)) {
            network.load(weights);
            assertArrayEquals(TorchNetwork.toArray(expected), TorchNetwork.toArray(network.forward(x, false).outputs()), 3e-6f);
        }
    }

    @Test
    void selfAttentionIsMultiheadAttentionWithAWayAround() {
        var layer = new SelfAttention(SIZE, HEADS);
        Weights weights = weights(new RecurrentNetwork(SIZE, List.of(layer)));
        try (var _ = new PointerScope(); var _ = new NoGradGuard()) {
            torch.manual_seed(1);
            var module = new MultiheadAttentionImpl(SIZE, HEADS);
            load(module, weights, Map.of("in_proj_weight", "weight_qkv", "in_proj_bias", "bias_qkv", "out_proj.weight", "weight_out",
                    "out_proj.bias", "bias_out"));
            Tensor x = torch.randn(BATCH, STEPS, SIZE);
            Tensor steps = x.transpose(0, 1); // [steps, batch, size]
            Tensor attended = module.forward(steps, steps, steps, new Tensor(), false, laterSteps(), true).get0();
            compare(layer, weights, x, steps.add(attended).transpose(0, 1));
        }
    }

    @Test
    void transformerLayersAreTransformerEncoderLayers() {
        var layer = new TransformerLayer(SIZE, HEADS, 30);
        Weights weights = weights(new RecurrentNetwork(SIZE, List.of(layer)));
        try (var _ = new PointerScope(); var _ = new NoGradGuard()) {
            torch.manual_seed(2);
            var options = new TransformerEncoderLayerOptions(SIZE, HEADS);
            options.dim_feedforward().put(30);
            var module = new TransformerEncoderLayerImpl(options);
            module.eval();
            var names = new LinkedHashMap<>(Map.of("self_attn.in_proj_weight", "weight_qkv", "self_attn.in_proj_bias", "bias_qkv",
                    "self_attn.out_proj.weight", "weight_out", "self_attn.out_proj.bias", "bias_out", "linear1.weight", "weight_up",
                    "linear1.bias", "bias_up", "linear2.weight", "weight_down", "linear2.bias", "bias_down"));
            names.putAll(Map.of("norm1.weight", "norm_attention", "norm1.bias", "norm_attention_bias", "norm2.weight", "norm_output",
                    "norm2.bias", "norm_output_bias"));
            load(module, weights, names);
            Tensor x = torch.randn(BATCH, STEPS, SIZE);
            compare(layer, weights, x, module.forward(x.transpose(0, 1), laterSteps(), new Tensor()).transpose(0, 1));
        }
    }

    @Test
    void aConvolutionGoesOnFromItsState() {
        var network = new RecurrentNetwork(2, List.of(new Convolution(2, 5, 3, 2, Dense.Activation.RELU),
                new Convolution(5, 4, 2, 1, Dense.Activation.GELU), new Gru(4, 3)));
        try (var torch = new TorchNetwork(network, 0, 7); var _ = new PointerScope(); var _ = new NoGradGuard()) {
            Tensor x = org.bytedeco.pytorch.global.torch.randn(BATCH, STEPS, 2);
            float[] whole = TorchNetwork.toArray(torch.forward(x, false).outputs().narrow(1, 4, STEPS - 4).contiguous());
            var first = torch.forward(x.narrow(1, 0, 4), false);
            float[] rest = TorchNetwork.toArray(torch.forward(x.narrow(1, 4, STEPS - 4), false, first.states()).outputs().contiguous());
            assertArrayEquals(whole, rest, 1e-6f);
        }
    }

    /** Telling 0 would be wrong by 0.71 in the root mean square. */
    @Test
    void networksOfAllThesePartsLearn() {
        var spec = Specs.of(14, 0.01, 14, 0, 0, Augmentation.NONE);
        for (List<Layer> parts : List.<List<Layer>>of(
                List.of(new Convolution(2, 16, 3, 1, Dense.Activation.RELU), new Lstm(16, 16), new TransformerLayer(16, 4, 32)),
                List.of(new Gru(2, 16), new SelfAttention(16, 2)),
                List.of(new Lstm(2, 16), new StaticFeatures(16, List.of(0, 1)), new Dense(18, 8, Dense.Activation.GELU)))) {
            var layers = new java.util.ArrayList<>(parts);
            layers.add(new Dense(layers.getLast().outputSize(), 1, Dense.Activation.IDENTITY));
            try (var network = new TorchNetwork(new RecurrentNetwork(2, layers), 0, 5)) {
                double error = new Trainer(network, new SineWindows(256, 1), new SineWindows(96, 2), new FeatureLayout(2, 1), spec,
                        new SupervisedObjective(spec), 9, folder.resolve(layers.size() + layers.getFirst().kind() + ".pt"),
                        QUIET).run().bestMetric();
                assertTrue(error < 0.25, layers + ": " + error);
            }
        }
    }
}
