package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Safetensors;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Writes fp32 weights under the names that PyTorch modules give them:
 *
 * <pre>
 *   lstm = torch.nn.LSTM(inputSize, hiddenSize, num_layers=N)   lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0, ...
 *   head = torch.nn.Linear(hiddenSize, outputs)                 head.weight, head.bias
 * </pre>
 * With {@code proj_size} also {@code lstm.weight_hr_lK}. PyTorch adds two bias vectors; {@code bias_hh_lK} is zero. Several dense layers are a {@code torch.nn.Sequential} with
 * their activations: {@code head.0.weight}, {@code head.2.weight}, ...
 */
public final class SafetensorsWriter {
    private SafetensorsWriter() {}

    /** @throws AdzeException USAGE for layers that one {@code torch.nn.LSTM} and a head cannot hold */
    public static Safetensors write(ExportModel model) {
        RecurrentNetwork network = model.network();
        int lstms = requireOneTorchLstm(network);
        var tensors = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < lstms; i++) {
            RecurrentLayer lstm = (RecurrentLayer) network.layers().get(i);
            int rows = 4 * cells(lstm);
            tensors.put("lstm.weight_ih_l" + i, Tensor.of(List.of(rows, lstm.inputSize()), model.weights().get(i, "weight_ih")));
            tensors.put("lstm.weight_hh_l" + i, Tensor.of(List.of(rows, lstm.hiddenSize()), model.weights().get(i, "weight_hh")));
            tensors.put("lstm.bias_ih_l" + i, Tensor.of(List.of(rows), model.weights().get(i, "bias")));
            tensors.put("lstm.bias_hh_l" + i, Tensor.of(List.of(rows), new float[rows]));
            if (lstm instanceof ProjectedLstm projected) {
                tensors.put("lstm.weight_hr_l" + i, Tensor.of(List.of(projected.hiddenSize(), projected.cellSize()),
                        model.weights().get(i, "weight_hr")));
            }
        }
        int module = 0;
        for (int i = lstms; i < network.layers().size(); i++) {
            Dense dense = (Dense) network.layers().get(i);
            String name = headName(network, lstms, module);
            tensors.put(name + ".weight", Tensor.of(List.of(dense.outputSize(), dense.inputSize()), model.weights().get(i, "weight")));
            tensors.put(name + ".bias", Tensor.of(List.of(dense.outputSize()), model.weights().get(i, "bias")));
            module += dense.activation() == Dense.Activation.IDENTITY ? 1 : 2;
        }
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("format", "pt");
        model.manifest().ifPresent(manifest -> metadata.put("adze.manifest", manifest.toJson()));
        return new Safetensors(tensors, metadata);
    }

    /** Name of a dense layer's module: {@code head} where it is alone and linear, else its place in a Sequential. */
    static String headName(RecurrentNetwork network, int lstms, int module) {
        boolean alone = network.layers().size() == lstms + 1
                && network.layers().getLast() instanceof Dense dense && dense.activation() == Dense.Activation.IDENTITY;
        return alone ? "head" : "head." + module;
    }

    /** PyTorch's {@code hidden_size} of an LSTM layer. */
    static int cells(RecurrentLayer layer) {
        return layer instanceof ProjectedLstm projected ? projected.cellSize() : layer.hiddenSize();
    }

    /** The number of LSTM layers, which come first and are of one size. */
    static int requireOneTorchLstm(RecurrentNetwork network) {
        int lstms = network.lastRecurrent() + 1;
        if (lstms == 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "the network has no LSTM layer; only recurrent networks are exported");
        }
        Layer last = network.layers().get(lstms - 1);
        for (int i = 0; i < lstms; i++) {
            boolean fits = switch (network.layers().get(i)) {
                case Lstm lstm -> last instanceof Lstm same && lstm.hiddenSize() == same.hiddenSize();
                case ProjectedLstm lstm -> last instanceof ProjectedLstm same && lstm.hiddenSize() == same.hiddenSize()
                        && lstm.cellSize() == same.cellSize();
                case Dense _ -> false;
                case Layer other -> throw other.refusedBy("the safetensors writer");
            };
            if (!fits) {
                throw new AdzeException(AdzeException.Kind.USAGE, "layer " + i + " does not fit into one torch.nn.LSTM,"
                        + " whose layers are all of one size; the nearest supported form is --to onnx");
            }
        }
        return lstms;
    }
}
