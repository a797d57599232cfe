package dev.adze.compress.train;

import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.TransformerLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Multi-head self-attention under a causal mask, alone or within a Transformer layer. Matrices start Xavier uniform, gains at 1. */
final class TorchAttention {
    private final SelfAttention layer;
    private final SequencedMap<String, Tensor> parameters;

    private TorchAttention(SelfAttention layer, SequencedMap<String, Tensor> parameters) {
        this.layer = layer;
        this.parameters = parameters;
    }

    static TorchPart alone(SelfAttention layer) {
        SequencedMap<String, Tensor> parameters = initialised(layer, layer.inputSize());
        var attention = new TorchAttention(layer, parameters);
        return part(parameters, x -> x.add(attention.over(x)));
    }

    static TorchPart transformer(TransformerLayer layer) {
        SequencedMap<String, Tensor> parameters = initialised(layer, layer.inputSize());
        for (String name : List.of("weight_up", "weight_down")) {
            torch.xavier_uniform_(parameters.get(name));
        }
        TorchParameters.fill(parameters.get("norm_attention"), 1);
        TorchParameters.fill(parameters.get("norm_output"), 1);
        var attention = new TorchAttention(layer.attention(), parameters);
        return part(parameters, x -> {
            Tensor middle = attention.normalised(x.add(attention.over(x)), "norm_attention");
            Tensor wide = torch.relu(attention.linear(middle, "weight_up", "bias_up"));
            return attention.normalised(middle.add(attention.linear(wide, "weight_down", "bias_down")), "norm_output");
        });
    }

    private static SequencedMap<String, Tensor> initialised(Layer layer, int size) {
        SequencedMap<String, Tensor> parameters = TorchParameters.zeros(layer);
        for (int i = 0; i < 3; i++) {
            torch.xavier_uniform_(parameters.get("weight_qkv").narrow(0, (long) i * size, size));
        }
        torch.xavier_uniform_(parameters.get("weight_out"));
        return parameters;
    }

    private interface Function {
        Tensor of(Tensor x);
    }

    private static TorchPart part(SequencedMap<String, Tensor> parameters, Function function) {
        return new TorchPart() {
            @Override
            public Tensor forward(Tensor x, Pass pass) {
                return function.of(x);
            }

            @Override
            public SequencedMap<String, Tensor> parameters() {
                return parameters;
            }
        };
    }

    /** {@code [batch, steps, size]}, without the way around. */
    private Tensor over(Tensor x) {
        long steps = x.size(1);
        long width = layer.inputSize() / layer.heads();
        Tensor all = linear(x, "weight_qkv", "bias_qkv");
        var qkv = new ArrayList<Tensor>();
        for (int i = 0; i < 3; i++) {
            qkv.add(all.narrow(2, (long) i * layer.inputSize(), layer.inputSize())
                    .view(x.size(0), steps, layer.heads(), width).transpose(1, 2)); // [batch, heads, steps, width]
        }
        Tensor later = torch.ones(steps, steps).triu(1).eq(new Scalar(1.0));
        Tensor scores = torch.matmul(qkv.get(0), qkv.get(1).transpose(2, 3)).mul(new Scalar(1 / Math.sqrt(width)))
                .masked_fill(later, new Scalar(Double.NEGATIVE_INFINITY));
        Tensor attended = torch.matmul(torch.softmax(scores, 3), qkv.get(2)).transpose(1, 2)
                .reshape(x.size(0), steps, layer.inputSize());
        return linear(attended, "weight_out", "bias_out");
    }

    private Tensor linear(Tensor x, String weight, String bias) {
        return torch.linear(x, parameters.get(weight), new TensorOptional(parameters.get(bias)));
    }

    private Tensor normalised(Tensor x, String gain) {
        return torch.layer_norm(x, new long[] {layer.inputSize()}, new TensorOptional(parameters.get(gain)),
                new TensorOptional(parameters.get(gain + "_bias")), LstmVariant.EPSILON, false);
    }
}
