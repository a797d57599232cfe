package dev.adze.compress.train;

import dev.adze.runtime.model.ProjectedLstm;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's LSTM operator with {@code proj_size}, whose second bias is held at zero; the projection starts Xavier uniform. */
final class TorchProjectedLstm implements TorchPart {
    private final ProjectedLstm layer;
    private final SequencedMap<String, Tensor> parameters;

    TorchProjectedLstm(ProjectedLstm layer) {
        this.layer = layer;
        parameters = TorchParameters.zeros(layer);
        TorchParameters.initialiseMatrices(parameters, 4, layer.cellSize());
        TorchParameters.fill(parameters.get("bias").narrow(0, layer.cellSize(), layer.cellSize()), 1);
        torch.xavier_uniform_(parameters.get("weight_hr"));
    }

    @Override
    public Tensor forward(Tensor x) {
        var start = new TensorVector(torch.zeros(1, x.size(0), layer.hiddenSize()), torch.zeros(1, x.size(0), layer.cellSize()));
        var operands = new TensorVector(parameters.get("weight_ih"), parameters.get("weight_hh"), parameters.get("bias"),
                torch.zeros(4L * layer.cellSize()), parameters.get("weight_hr"));
        return torch.lstm(x, start, operands, true, 1, 0, false, false, true).get0();
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }
}
