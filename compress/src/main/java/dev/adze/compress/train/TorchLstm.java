package dev.adze.compress.train;

import dev.adze.runtime.model.Lstm;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's LSTM, whose second bias is held at zero and not trained; step by step where values are zoned out. */
final class TorchLstm implements TorchPart {
    private final LSTMImpl module;
    private final int hidden;
    private Tensor zeroBias;
    private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();

    TorchLstm(Lstm layer) {
        var options = new LSTMOptions(layer.inputSize(), layer.hiddenSize());
        options.batch_first().put(true);
        module = new LSTMImpl(options);
        hidden = layer.hiddenSize();
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
                    zeroBias = tensor;
                }
            }
        }
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor h = pass.start(x.size(0), hidden, 0);
        Tensor c = pass.start(x.size(0), hidden, 1);
        if (pass.zonesOut()) {
            Tensor outputs = steps(x, parameters, h, c, pass);
            pass.lastCell(pass.ended().getLast());
            return outputs;
        }
        var start = new TensorVector(h.unsqueeze(0), c.unsqueeze(0));
        var operands = new TensorVector(parameters.get("weight_ih"), parameters.get("weight_hh"), parameters.get("bias"), zeroBias);
        var result = torch.lstm(x, start, operands, true, 1, 0, false, false, true);
        Tensor lastCell = result.get2().squeeze(0);
        pass.end(result.get1().squeeze(0), lastCell);
        pass.lastCell(lastCell);
        return result.get0();
    }

    /** The formulas of an LSTM, with or without a projection, step by step. */
    static Tensor steps(Tensor x, Map<String, Tensor> parameters, Tensor h, Tensor c, Pass pass) {
        Tensor inputs = torch.linear(x, parameters.get("weight_ih"), new TensorOptional(parameters.get("bias")));
        Tensor recurrentWeight = parameters.get("weight_hh").t();
        Tensor projection = parameters.get("weight_hr");
        long cells = c.size(1);
        var outputs = new TensorVector();
        for (long t = 0; t < x.size(1); t++) {
            Tensor z = torch.addmm(inputs.select(1, t), h, recurrentWeight);
            Tensor gates = torch.sigmoid(z);
            Tensor added = gates.narrow(1, 0, cells).mul(torch.tanh(z.narrow(1, 2 * cells, cells)));
            c = pass.cell(c, torch.addcmul(added, gates.narrow(1, cells, cells), c));
            Tensor next = gates.narrow(1, 3 * cells, cells).mul(torch.tanh(c));
            h = pass.hidden(h, projection == null ? next : torch.matmul(next, projection.t()));
            outputs.push_back(h);
        }
        pass.end(h, c);
        return torch.stack(outputs, 1);
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
