package dev.adze.compress.train;

import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.TensorSpec;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Fresh parameters of layers that have no LibTorch module of their own. */
final class TorchParameters {
    private TorchParameters() {}

    /** All of a layer's tensors, zero, to be initialised and then trained. */
    static SequencedMap<String, Tensor> zeros(Layer layer) {
        var parameters = new LinkedHashMap<String, Tensor>();
        for (TensorSpec spec : layer.tensors()) {
            long[] shape = spec.shape().stream().mapToLong(Integer::longValue).toArray();
            parameters.put(spec.name(), torch.zeros(shape).requires_grad_(true));
        }
        return parameters;
    }

    /** Gate by gate: input weights Xavier uniform, recurrent weights orthogonal, as {@link TorchNetwork} says. */
    static void initialiseMatrices(SequencedMap<String, Tensor> parameters, int gates, int units) {
        for (int gate = 0; gate < gates; gate++) {
            torch.xavier_uniform_(parameters.get("weight_ih").narrow(0, (long) gate * units, units));
            torch.orthogonal_(parameters.get("weight_hh").narrow(0, (long) gate * units, units));
        }
    }

    static void fill(Tensor tensor, double value) {
        tensor.fill_(new Scalar(value));
    }
}
