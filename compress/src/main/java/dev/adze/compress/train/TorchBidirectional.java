package dev.adze.compress.train;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

record TorchBidirectional(TorchPart forward, TorchPart backward) implements TorchPart {
    @Override
    public Tensor forward(Tensor x) {
        Tensor fromTheEnd = torch.flip(backward.forward(torch.flip(x, 1)), 1);
        return torch.cat(new TensorVector(forward.forward(x), fromTheEnd), 2);
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        var parameters = new LinkedHashMap<String, Tensor>();
        forward.parameters().forEach((name, tensor) -> parameters.put("forward." + name, tensor));
        backward.parameters().forEach((name, tensor) -> parameters.put("backward." + name, tensor));
        return parameters;
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}
