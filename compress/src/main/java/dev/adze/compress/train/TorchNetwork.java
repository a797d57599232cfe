package dev.adze.compress.train;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A {@link RecurrentNetwork} as LibTorch modules, one module a layer, so that the hidden values of every layer can
 * be reached (for dropout between layers and for hints).
 *
 * <p>PyTorch's LSTM has two bias vectors that are always added: {@code bias_hh} is held at zero and not trained, so
 * the network has exactly {@link RecurrentNetwork#parameterCount()} parameters.
 */
public final class TorchNetwork implements AutoCloseable {
    private final RecurrentNetwork network;
    private final double dropout;
    private final List<Module> modules = new ArrayList<>();
    private final List<Tensor> parameters = new ArrayList<>();
    private final Map<String, Tensor> byName = new LinkedHashMap<>();

    /**
     * Initialises: recurrent weights orthogonal a gate (Saxe et al. 2014), input and dense weights Xavier uniform
     * (Glorot and Bengio 2010), biases 0 but the forget gate's 1 (Jozefowicz et al. 2015).
     *
     * @param dropout probability of zeroing a hidden value between layers while training, [0, 1)
     */
    public TorchNetwork(RecurrentNetwork network, double dropout, long seed) {
        this.network = network;
        this.dropout = dropout;
        Torch.seed(seed);
        try (NoGradGuard _ = new NoGradGuard()) {
            for (int i = 0; i < network.layers().size(); i++) {
                switch (network.layers().get(i)) {
                    case Lstm lstm -> addLstm(i, lstm);
                    case Dense dense -> addDense(i, dense);
                    case Layer other -> throw other.refusedBy("the trainer");
                }
            }
        }
    }

    private void addLstm(int index, Lstm layer) {
        var options = new LSTMOptions(layer.inputSize(), layer.hiddenSize());
        options.batch_first().put(true);
        var module = new LSTMImpl(options);
        modules.add(module);
        int hidden = layer.hiddenSize();
        var named = module.named_parameters(true);
        for (long p = 0; p < named.size(); p++) {
            String name = named.get(p).key().getString();
            // A copy of the handle: the dictionary's own dies with the dictionary, at any garbage collection.
            Tensor tensor = new Tensor(named.get(p).value());
            switch (name) {
                case "weight_ih_l0" -> {
                    for (int gate = 0; gate < 4; gate++) {
                        torch.xavier_uniform_(tensor.narrow(0, (long) gate * hidden, hidden));
                    }
                    register(index, "weight_ih", tensor);
                }
                case "weight_hh_l0" -> {
                    for (int gate = 0; gate < 4; gate++) {
                        torch.orthogonal_(tensor.narrow(0, (long) gate * hidden, hidden));
                    }
                    register(index, "weight_hh", tensor);
                }
                case "bias_ih_l0" -> {
                    tensor.zero_();
                    tensor.narrow(0, hidden, hidden).fill_(new Scalar(1.0));
                    register(index, "bias", tensor);
                }
                default -> {
                    tensor.zero_();
                    tensor.requires_grad_(false);
                }
            }
        }
    }

    private void addDense(int index, Dense layer) {
        var module = new LinearImpl(new LinearOptions(layer.inputSize(), layer.outputSize()));
        modules.add(module);
        torch.xavier_uniform_(module.weight());
        module.bias().zero_();
        register(index, "weight", new Tensor(module.weight()));
        register(index, "bias", new Tensor(module.bias()));
    }

    private void register(int index, String name, Tensor tensor) {
        parameters.add(tensor);
        byName.put(RecurrentNetwork.tensorName(index, name), tensor);
    }

    /**
     * What a forward pass gives.
     *
     * @param outputs {@code [batch, steps, outputs]}
     * @param hidden  of every LSTM layer, {@code [batch, steps, hidden]}, before dropout
     */
    public record Forward(Tensor outputs, List<Tensor> hidden) {}

    /** Runs {@code features [batch, steps, inputSize]} from zero state. Dropout acts only while {@code training}. */
    public Forward forward(Tensor features, boolean training) {
        var hidden = new ArrayList<Tensor>();
        Tensor x = features;
        for (int i = 0; i < modules.size(); i++) {
            Layer layer = network.layers().get(i);
            switch (layer) {
                case Lstm _ -> {
                    Tensor h = ((LSTMImpl) modules.get(i)).forward(x).get0();
                    hidden.add(h);
                    x = dropout > 0 && training ? torch.dropout(h, dropout, true) : h;
                }
                case Dense dense -> {
                    Tensor y = ((LinearImpl) modules.get(i)).forward(x);
                    x = switch (dense.activation()) {
                        case IDENTITY -> y;
                        case RELU -> torch.relu(y);
                        case TANH -> torch.tanh(y);
                    };
                }
                case Layer other -> throw other.refusedBy("the trainer");
            }
        }
        return new Forward(x, hidden);
    }

    public RecurrentNetwork network() {
        return network;
    }

    /** Trained tensors in file order; shared, not copies. */
    List<Tensor> parameters() {
        return parameters;
    }

    /** A copy of the current weights. */
    public Weights weights() {
        var tensors = new LinkedHashMap<String, float[]>();
        byName.forEach((name, tensor) -> tensors.put(name, toArray(tensor)));
        return new Weights(network, tensors);
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
        modules.forEach(Module::close);
    }
}
