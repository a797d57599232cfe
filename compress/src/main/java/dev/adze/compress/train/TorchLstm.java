package dev.adze.compress.train;

import dev.adze.runtime.model.Lstm;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's LSTM, whose second bias is held at zero and not trained. */
final class TorchLstm implements TorchPart {
    private final LSTMImpl module;
    private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();

    TorchLstm(Lstm layer) {
        var options = new LSTMOptions(layer.inputSize(), layer.hiddenSize());
        options.batch_first().put(true);
        module = new LSTMImpl(options);
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
                    parameters.put("weight_ih", tensor);
                }
                case "weight_hh_l0" -> {
                    for (int gate = 0; gate < 4; gate++) {
                        torch.orthogonal_(tensor.narrow(0, (long) gate * hidden, hidden));
                    }
                    parameters.put("weight_hh", tensor);
                }
                case "bias_ih_l0" -> {
                    tensor.zero_();
                    TorchParameters.fill(tensor.narrow(0, hidden, hidden), 1);
                    parameters.put("bias", tensor);
                }
                default -> {
                    tensor.zero_();
                    tensor.requires_grad_(false);
                }
            }
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        return module.forward(x).get0();
    }

    @Override
    public Tensor forward(Tensor x, Consumer<Tensor> lastCell) {
        var result = module.forward(x);
        lastCell.accept(result.get1().get1().squeeze(0));
        return result.get0();
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }

    @Override
    public void close() {
        module.close();
    }
}
