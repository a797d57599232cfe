package dev.adze.compress.train;

import dev.adze.runtime.model.Dense;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

final class TorchDense implements TorchPart {
    private final Dense layer;
    private final LinearImpl module;
    private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();

    TorchDense(Dense layer) {
        this.layer = layer;
        module = new LinearImpl(new LinearOptions(layer.inputSize(), layer.outputSize()));
        torch.xavier_uniform_(module.weight());
        module.bias().zero_();
        parameters.put("weight", new Tensor(module.weight()));
        parameters.put("bias", new Tensor(module.bias()));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor y = module.forward(x);
        return activated(layer.activation(), y);
    }

    static Tensor activated(Dense.Activation activation, Tensor y) {
        return switch (activation) {
            case IDENTITY -> y;
            case RELU -> torch.relu(y);
            case TANH -> torch.tanh(y);
            case GELU -> torch.gelu(y, "tanh");
        };
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }

    @Override
    public void close() {
        module.close();
    }
}
