package dev.adze.compress.train;

import dev.adze.runtime.model.Gru;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's GRU operator; of its second bias only the candidate's part is trained, the rest is zero. Step by step where hidden
 * values are zoned out.
 */
final class TorchGru implements TorchPart {
    private final Gru layer;
    private final SequencedMap<String, Tensor> parameters;

    TorchGru(Gru layer) {
        this.layer = layer;
        parameters = TorchParameters.zeros(layer);
        TorchParameters.initialiseMatrices(parameters, 3, layer.hiddenSize());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor start = pass.start(x.size(0), layer.hiddenSize(), 0);
        if (pass.zonesOut()) {
            return steps(x, start, pass);
        }
        Tensor hiddenBias = torch.cat(new TensorVector(torch.zeros(2L * layer.hiddenSize()), parameters.get("bias_hn")));
        var operands = new TensorVector(parameters.get("weight_ih"), parameters.get("weight_hh"), parameters.get("bias"),
                hiddenBias);
        var result = torch.gru(x, start.unsqueeze(0), operands, true, 1, 0, false, false, true);
        pass.end(result.get1().squeeze(0));
        return result.get0();
    }

    private Tensor steps(Tensor x, Tensor start, Pass pass) {
        int hidden = layer.hiddenSize();
        Tensor inputs = torch.linear(x, parameters.get("weight_ih"), new TensorOptional(parameters.get("bias")));
        Tensor recurrentWeight = parameters.get("weight_hh").t();
        Tensor h = start;
        var outputs = new TensorVector();
        for (long t = 0; t < x.size(1); t++) {
            Tensor a = inputs.select(1, t);
            Tensor u = torch.matmul(h, recurrentWeight);
            Tensor gates = torch.sigmoid(a.narrow(1, 0, 2L * hidden).add(u.narrow(1, 0, 2L * hidden)));
            Tensor recurrent = u.narrow(1, 2L * hidden, hidden).add(parameters.get("bias_hn"));
            Tensor n = torch.tanh(torch.addcmul(a.narrow(1, 2L * hidden, hidden), gates.narrow(1, 0, hidden), recurrent));
            h = pass.hidden(h, torch.addcmul(n, gates.narrow(1, hidden, hidden), h.sub(n)));
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
