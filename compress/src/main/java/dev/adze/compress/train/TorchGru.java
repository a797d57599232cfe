package dev.adze.compress.train;

import dev.adze.runtime.model.Gru;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's GRU operator; of its second bias only the candidate's part is trained, the rest is zero. */
final class TorchGru implements TorchPart {
    private final Gru layer;
    private final SequencedMap<String, Tensor> parameters;

    TorchGru(Gru layer) {
        this.layer = layer;
        parameters = TorchParameters.zeros(layer);
        TorchParameters.initialiseMatrices(parameters, 3, layer.hiddenSize());
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor start = torch.zeros(1, x.size(0), layer.hiddenSize());
        Tensor hiddenBias = torch.cat(new TensorVector(torch.zeros(2L * layer.hiddenSize()), parameters.get("bias_hn")));
        var operands = new TensorVector(parameters.get("weight_ih"), parameters.get("weight_hh"), parameters.get("bias"),
                hiddenBias);
        return torch.gru(x, start, operands, true, 1, 0, false, false, true).get0();
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }
}
