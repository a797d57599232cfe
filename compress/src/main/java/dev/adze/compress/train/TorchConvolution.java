package dev.adze.compress.train;

import dev.adze.runtime.model.Convolution;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** LibTorch's own convolution over what came before, zeros at the start, and the window. Weights start Xavier uniform. */
final class TorchConvolution implements TorchPart {
    private final Convolution layer;
    private final SequencedMap<String, Tensor> parameters;

    TorchConvolution(Convolution layer) {
        this.layer = layer;
        parameters = TorchParameters.zeros(layer);
        torch.xavier_uniform_(parameters.get("weight"));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor all = x;
        if (layer.reach() > 0) {
            Tensor before = pass.start(x.size(0), layer.stateSize(), 0).view(x.size(0), layer.reach(), layer.inputSize());
            all = torch.cat(new TensorVector(before, x), 1);
            pass.end(all.narrow(1, all.size(1) - layer.reach(), layer.reach()).reshape(x.size(0), layer.stateSize()));
        }
        Tensor weight = parameters.get("weight").view(layer.outputSize(), layer.kernel(), layer.inputSize()).permute(0, 2, 1);
        Tensor y = torch.conv1d(all.transpose(1, 2), weight, new TensorOptional(parameters.get("bias")), new long[] {1},
                new long[] {0}, new long[] {layer.dilation()}, 1);
        return TorchDense.activated(layer.activation(), y.transpose(1, 2));
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }
}
