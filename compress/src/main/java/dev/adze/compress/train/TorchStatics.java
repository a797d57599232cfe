package dev.adze.compress.train;

import dev.adze.runtime.model.StaticFeatures;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Features of the network behind what the layer before gives. */
record TorchStatics(StaticFeatures layer) implements TorchPart {
    @Override
    public Tensor forward(Tensor x, Pass pass) {
        var parts = new TensorVector(x);
        for (int feature : layer.features()) {
            parts.push_back(pass.features().narrow(2, feature, 1));
        }
        return torch.cat(parts, 2);
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return new LinkedHashMap<>();
    }
}
