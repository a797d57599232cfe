package dev.adze.compress.train;

import dev.adze.runtime.model.MinimalGate;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The formulas of {@link MinimalGate}, step by step. The gate's bias starts at -1, so that states are kept at first, as the
 * forget gate's 1 does in an LSTM (here an open gate renews).
 */
final class TorchMinimalGate implements TorchPart {
    private final int hidden;
    private final SequencedMap<String, Tensor> parameters;

    TorchMinimalGate(MinimalGate layer) {
        hidden = layer.hiddenSize();
        parameters = TorchParameters.zeros(layer);
        TorchParameters.initialiseMatrices(parameters, 2, hidden);
        TorchParameters.fill(parameters.get("bias").narrow(0, 0, hidden), -1);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor inputs = torch.linear(x, parameters.get("weight_ih"), new TensorOptional(parameters.get("bias")));
        Tensor gateRows = parameters.get("weight_hh").narrow(0, 0, hidden).t();
        Tensor candidateRows = parameters.get("weight_hh").narrow(0, hidden, hidden).t();
        Tensor h = pass.start(x.size(0), hidden, 0);
        var outputs = new TensorVector();
        for (long t = 0; t < x.size(1); t++) {
            Tensor input = inputs.select(1, t);
            Tensor gate = torch.sigmoid(torch.addmm(input.narrow(1, 0, hidden), h, gateRows));
            Tensor candidate = torch.tanh(torch.addmm(input.narrow(1, hidden, hidden), gate.mul(h), candidateRows));
            h = pass.hidden(h, torch.addcmul(h, gate, candidate.sub(h)));
            outputs.push_back(h);
        }
        pass.end(h);
        return torch.stack(outputs, 1);
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }
}
