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
    public Tensor forward(Tensor x, Pass pass) {
        Tensor h = pass.start(x.size(0), layer.hiddenSize(), 0);
        Tensor c = pass.start(x.size(0), layer.cellSize(), 1);
        if (pass.zonesOut()) {
            return TorchLstm.steps(x, parameters, h, c, pass);
        }
        var start = new TensorVector(h.unsqueeze(0), c.unsqueeze(0));
        var operands = new TensorVector(parameters.get("weight_ih"), parameters.get("weight_hh"), parameters.get("bias"),
                torch.zeros(4L * layer.cellSize()), parameters.get("weight_hr"));
        var result = torch.lstm(x, start, operands, true, 1, 0, false, false, true);
        pass.end(result.get1().squeeze(0), result.get2().squeeze(0));
        return result.get0();
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }
}
