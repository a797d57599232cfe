package dev.adze.compress.train;

import dev.adze.compress.quantize.StepSizes;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.FeedForwardLayer;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A {@link RecurrentNetwork} in LibTorch, one {@link TorchPart} a layer, so that the hidden values of every layer can
 * be reached (for dropout between layers and for hints).
 *
 * <p>PyTorch's LSTM has two bias vectors that are always added: {@code bias_hh} is held at zero and not trained, so
 * the network has exactly {@link RecurrentNetwork#parameterCount()} parameters.
 */
public final class TorchNetwork implements AutoCloseable {
    private final RecurrentNetwork network;
    private double dropout;
    private boolean variational;
    private double zoneoutHidden;
    private double zoneoutCell;
    private final List<TorchPart> parts = new ArrayList<>();
    private final List<Tensor> parameters = new ArrayList<>();
    private final Map<String, Tensor> byName = new LinkedHashMap<>();
    private final Map<String, QuantizedMatrix> matrices = new LinkedHashMap<>();
    private Precision stepPrecision;

    /**
     * Initialises: recurrent weights orthogonal a gate (Saxe et al. 2014), input and dense weights Xavier uniform
     * (Glorot and Bengio 2010), biases 0 but the forget gate's 1 (Jozefowicz et al. 2015).
     *
     * @param dropout probability of zeroing a hidden value between layers while training, [0, 1)
     */
    public TorchNetwork(RecurrentNetwork network, double dropout, long seed) {
        this(network, dropout, seed, (i, layer) -> part(layer, TorchNetwork::part));
    }

    private TorchNetwork(RecurrentNetwork network, double dropout, long seed, Parts makers) {
        this.network = network;
        this.dropout = dropout;
        Torch.seed(seed);
        try (NoGradGuard _ = new NoGradGuard()) {
            for (int i = 0; i < network.layers().size(); i++) {
                TorchPart part = makers.of(i, network.layers().get(i));
                parts.add(part);
                int index = i;
                part.parameters().forEach((name, tensor) -> {
                    parameters.add(tensor);
                    byName.put(RecurrentNetwork.tensorName(index, name), tensor);
                });
                part.matrices().forEach((name, matrix) -> {
                    parameters.add(matrix.change());
                    matrices.put(RecurrentNetwork.tensorName(index, name), matrix);
                });
            }
        }
    }

    /**
     * A network whose recurrent layers simulate the device's integers, for quantization-aware training: with the given
     * weights, and the steps to start from. Without training, its recurrent layers give the bits of the device.
     *
     * @throws dev.adze.runtime.AdzeException USAGE for layers that cannot be simulated
     */
    public static TorchNetwork quantized(Weights weights, StepSizes steps, double dropout, long seed) {
        RecurrentNetwork network = weights.network();
        var torch = new TorchNetwork(network, dropout, seed, (i, layer) -> {
            boolean bounded = i > 0 && network.layers().get(i - 1).bounded();
            return part(layer, (recurrent, under) -> new TorchQuantized(recurrent, steps,
                    RecurrentNetwork.tensorName(i, under), bounded));
        });
        torch.stepPrecision = steps.precision();
        torch.load(weights);
        return torch;
    }

    private interface Parts {
        TorchPart of(int index, Layer layer);
    }

    private interface RecurrentParts {
        /** @param under what the names of the layer's tensors start with, within the layer of the network */
        TorchPart of(RecurrentLayer layer, String under);
    }

    private static TorchPart part(RecurrentLayer layer, String under) {
        return switch (layer) {
            case Lstm lstm -> new TorchLstm(lstm);
            case LstmVariant lstm -> new TorchLstmVariant(lstm);
            case ProjectedLstm lstm -> new TorchProjectedLstm(lstm);
            case Gru gru -> new TorchGru(gru);
            case MinimalGate unit -> new TorchMinimalGate(unit);
        };
    }

    private static TorchPart part(Layer layer, RecurrentParts parts) {
        return switch (layer) {
            case RecurrentLayer recurrent -> parts.of(recurrent, "");
            case Dense dense -> new TorchDense(dense);
            case Bidirectional both -> new TorchBidirectional(parts.of(both.forward(), "forward."),
                    parts.of(both.backward(), "backward."));
            case Residual residual -> part(residual.layer(), parts); // the sum is forward's, after dropout
            case MeanPooling _ -> TorchPooling.mean();
            case AttentionPooling attention -> TorchPooling.attention(attention);
            case Convolution convolution -> new TorchConvolution(convolution);
            case SelfAttention attention -> TorchAttention.alone(attention);
            case TransformerLayer transformer -> TorchAttention.transformer(transformer);
            case StaticFeatures statics -> new TorchStatics(statics);
        };
    }

    /**
     * What a forward pass gives.
     *
     * @param outputs   {@code [batch, steps, outputs]}
     * @param hidden    of every recurrent or bidirectional layer, {@code [batch, steps, hidden]}, before dropout
     * @param lastCells cell states after the last step of those that are plain LSTMs, {@code [batch, hidden]}
     * @param states    that the recurrent layers ended in, to start another pass from
     */
    public record Forward(Tensor outputs, List<Tensor> hidden, List<Tensor> lastCells, List<Tensor> states) {
        /** After a pass in {@link Autocast}; the losses are computed in single precision. */
        Forward inSinglePrecision() {
            return new Forward(single(outputs), hidden.stream().map(Forward::single).toList(),
                    lastCells.stream().map(Forward::single).toList(), states.stream().map(Forward::single).toList());
        }

        private static Tensor single(Tensor tensor) {
            return tensor.to(torch.ScalarType.Float); // itself if it is already
        }
    }

    /** Runs {@code features [batch, steps, inputSize]} from zero state. Dropout acts only while {@code training}. */
    public Forward forward(Tensor features, boolean training) {
        return forward(features, training, List.of());
    }

    /** The same from the {@link Forward#states} of an earlier pass; zero state if there are none. */
    Forward forward(Tensor features, boolean training, List<Tensor> start) {
        var pass = training ? new Pass(features, start, zoneoutHidden, zoneoutCell) : new Pass(features, start, 0, 0);
        var hidden = new ArrayList<Tensor>();
        Tensor x = features;
        parts.forEach(part -> part.exact(!training));
        for (int i = 0; i < parts.size(); i++) {
            Tensor y = parts.get(i).forward(x, pass);
            x = switch (network.layers().get(i)) {
                case RecurrentLayer _, Bidirectional _ -> {
                    hidden.add(y);
                    yield dropped(y, training);
                }
                case Residual _ -> {
                    hidden.add(y);
                    yield x.add(dropped(y, training));
                }
                case Dense _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ -> y;
            };
        }
        return new Forward(x, hidden, pass.lastCells(), pass.ended());
    }

    private Tensor dropped(Tensor x, boolean training) {
        if (dropout == 0 || !training) {
            return x;
        }
        return variational ? x.mul(torch.dropout(torch.ones_like(x.narrow(1, 0, 1)), dropout, true))
                : torch.dropout(x, dropout, true);
    }

    /**
     * @param rate        as in the constructor
     * @param variational whether all steps of a window share one mask (Gal and Ghahramani 2016)
     */
    void dropout(double rate, boolean variational) {
        dropout = rate;
        this.variational = variational;
    }

    /** Probabilities with which values stay as they were at the last step while training; see {@link Pass}. */
    void zoneout(double hidden, double cell) {
        zoneoutHidden = hidden;
        zoneoutCell = cell;
    }

    /** Leaves the first layers out of training. */
    public void freeze(int layers) {
        for (int i = 0; i < layers; i++) {
            parts.get(i).parameters().values().forEach(tensor -> tensor.requires_grad_(false));
        }
    }

    /** Sizes of the states that {@link Forward#states} has, in its order; of layers that can be streamed. */
    List<Integer> stateSizes() {
        return network.layers().stream().flatMap(layer -> stateSizes(layer).stream()).toList();
    }

    private static List<Integer> stateSizes(Layer layer) {
        return switch (layer) {
            case Lstm lstm -> List.of(lstm.hiddenSize(), lstm.hiddenSize());
            case LstmVariant lstm -> List.of(lstm.hiddenSize(), lstm.hiddenSize());
            case ProjectedLstm lstm -> List.of(lstm.hiddenSize(), lstm.cellSize());
            case Gru gru -> List.of(gru.hiddenSize());
            case MinimalGate unit -> List.of(unit.hiddenSize());
            case Residual residual -> stateSizes(residual.layer());
            case Convolution convolution -> convolution.stateSize() == 0 ? List.of() : List.of(convolution.stateSize());
            case Dense _, StaticFeatures _ -> List.of();
            case Bidirectional _, MeanPooling _, AttentionPooling _, SelfAttention _, TransformerLayer _ ->
                    throw new IllegalArgumentException("a " + layer.kind() + " layer carries no state over windows");
        };
    }

    /** The network's own trained tensors by their names in a bundle, in file order. */
    Map<String, Tensor> byName() {
        return byName;
    }

    public RecurrentNetwork network() {
        return network;
    }

    /** Trained tensors in file order, and after a layer's the changes of its steps; shared, not copies. */
    List<Tensor> parameters() {
        return parameters;
    }

    /** A copy of the current weights. */
    public Weights weights() {
        var tensors = new LinkedHashMap<String, float[]>();
        byName.forEach((name, tensor) -> tensors.put(name, toArray(tensor)));
        return new Weights(network, tensors);
    }

    /** The current step sizes of a {@link #quantized} network. */
    public StepSizes steps() {
        var byTensor = new LinkedHashMap<String, float[]>();
        matrices.forEach((name, matrix) -> byTensor.put(name, matrix.steps()));
        return new StepSizes(stepPrecision, byTensor);
    }

    /** Replaces the current weights. */
    public void load(Weights weights) {
        try (NoGradGuard _ = new NoGradGuard(); PointerScope _ = new PointerScope()) {
            byName.forEach((name, tensor) -> tensor.copy_(
                    torch.from_blob(new FloatPointer(weights.tensors().get(name)), tensor.numel()).view_as(tensor)));
        }
    }

    static float[] toArray(Tensor tensor) {
        try (PointerScope _ = new PointerScope()) {
            float[] values = new float[Math.toIntExact(tensor.numel())];
            tensor.detach().contiguous().data_ptr_float().get(values);
            return values;
        }
    }

    /** Frees the native modules; the object must not be used afterwards. */
    @Override
    public void close() {
        parameters.forEach(Tensor::close);
        parts.forEach(TorchPart::close);
    }
}
