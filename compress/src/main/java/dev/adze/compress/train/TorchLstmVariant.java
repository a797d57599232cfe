package dev.adze.compress.train;

import dev.adze.runtime.model.LstmVariant;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The formulas of {@link LstmVariant}, step by step: LibTorch has no operator for it. Gains start at 1, peepholes at 0. */
final class TorchLstmVariant implements TorchPart {
    private final LstmVariant layer;
    private final int hidden;
    private final SequencedMap<String, Tensor> parameters;

    TorchLstmVariant(LstmVariant layer) {
        this.layer = layer;
        hidden = layer.hiddenSize();
        parameters = TorchParameters.zeros(layer);
        TorchParameters.initialiseMatrices(parameters, 4, hidden);
        TorchParameters.fill(parameters.get("bias").narrow(0, hidden, hidden), 1);
        if (layer.layerNorm()) {
            TorchParameters.fill(parameters.get("norm_ih"), 1);
            TorchParameters.fill(parameters.get("norm_hh"), 1);
            TorchParameters.fill(parameters.get("norm_cell"), 1);
        }
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        long batch = x.size(0);
        Tensor input = torch.matmul(x, parameters.get("weight_ih").t());
        input = (layer.layerNorm() ? normalised(input, "norm_ih", null) : input).add(parameters.get("bias"));
        Tensor recurrentWeight = parameters.get("weight_hh").t();
        Tensor h = pass.start(batch, hidden, 0);
        Tensor c = pass.start(batch, hidden, 1);
        var outputs = new TensorVector();
        for (long t = 0; t < x.size(1); t++) {
            Tensor recurrent = torch.matmul(h, recurrentWeight);
            Tensor z = input.select(1, t).add(layer.layerNorm() ? normalised(recurrent, "norm_hh", null) : recurrent);
            Tensor i = torch.sigmoid(peeped(gate(z, 0), 0, c));
            Tensor f = torch.sigmoid(peeped(gate(z, 1), 1, c));
            c = pass.cell(c, f.mul(c).add(i.mul(torch.tanh(gate(z, 2)))));
            Tensor o = torch.sigmoid(peeped(gate(z, 3), 2, c));
            h = pass.hidden(h, o.mul(torch.tanh(layer.layerNorm() ? normalised(c, "norm_cell", "norm_cell_bias") : c)));
            outputs.push_back(h);
        }
        pass.end(h, c);
        return torch.stack(outputs, 1);
    }

    private Tensor gate(Tensor z, int index) {
        return z.narrow(1, (long) index * hidden, hidden);
    }

    private Tensor peeped(Tensor z, int index, Tensor cell) {
        return layer.peephole()
                ? z.add(cell.mul(parameters.get("peephole").narrow(0, (long) index * hidden, hidden))) : z;
    }

    private Tensor normalised(Tensor values, String gain, String bias) {
        return torch.layer_norm(values, new long[] {values.size(values.dim() - 1)}, new TensorOptional(parameters.get(gain)),
                bias == null ? new TensorOptional() : new TensorOptional(parameters.get(bias)), LstmVariant.EPSILON, false);
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }
}
