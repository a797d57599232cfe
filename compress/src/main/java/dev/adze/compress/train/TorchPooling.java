package dev.adze.compress.train;

import dev.adze.runtime.model.AttentionPooling;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Pooling over all steps so far, at every step; a window's last step pools the window. */
final class TorchPooling {
    private TorchPooling() {}

    static TorchPart mean() {
        return new TorchPart() {
            @Override
            public Tensor forward(Tensor x, Pass pass) {
                Tensor count = torch.arange(new Scalar(1.0), new Scalar(x.size(1) + 1.0)).view(1, x.size(1), 1);
                return torch.cumsum(single(x), 1).div(count);
            }

            @Override
            public SequencedMap<String, Tensor> parameters() {
                return new LinkedHashMap<>();
            }
        };
    }

    /** Sums over a window are not for half precision; itself if it is single already. */
    private static Tensor single(Tensor x) {
        return x.to(torch.ScalarType.Float);
    }

    static TorchPart attention(AttentionPooling layer) {
        SequencedMap<String, Tensor> parameters = TorchParameters.zeros(layer);
        torch.xavier_uniform_(parameters.get("weight"));
        torch.xavier_uniform_(parameters.get("query").view(1, layer.attentionSize()));
        return new TorchPart() {
            @Override
            public Tensor forward(Tensor x, Pass pass) {
                Tensor scores = torch.matmul(torch.tanh(torch.linear(x, parameters.get("weight"),
                        new TensorOptional(parameters.get("bias")))), parameters.get("query").view(layer.attentionSize(), 1));
                scores = single(scores);
                Tensor weights = torch.exp(scores.sub(scores.amax(new long[] {1}, true)));
                // A window's first steps divide 0 by 0 if a later score is larger by 87 or more.
                Tensor sum = torch.cumsum(weights, 1).clamp_min(new Scalar(1e-37));
                return torch.cumsum(weights.mul(x), 1).div(sum);
            }

            @Override
            public SequencedMap<String, Tensor> parameters() {
                return parameters;
            }
        };
    }
}
