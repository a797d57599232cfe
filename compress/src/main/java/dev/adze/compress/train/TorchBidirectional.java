package dev.adze.compress.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

record TorchBidirectional(TorchPart forward, TorchPart backward) implements TorchPart {
    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor fromTheStart = forward.forward(x, pass);
        Tensor fromTheEnd = torch.flip(backward.forward(torch.flip(x, 1), pass), 1);
        return torch.cat(new TensorVector(fromTheStart, fromTheEnd), 2);
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        var parameters = new LinkedHashMap<String, Tensor>();
        forward.parameters().forEach((name, tensor) -> parameters.put("forward." + name, tensor));
        backward.parameters().forEach((name, tensor) -> parameters.put("backward." + name, tensor));
        return parameters;
    }

    @Override
    public Map<String, QuantizedMatrix> matrices() {
        var matrices = new LinkedHashMap<String, QuantizedMatrix>();
        forward.matrices().forEach((name, matrix) -> matrices.put("forward." + name, matrix));
        backward.matrices().forEach((name, matrix) -> matrices.put("backward." + name, matrix));
        return matrices;
    }

    @Override
    public void exact(boolean exact) {
        forward.exact(exact);
        backward.exact(exact);
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}
