package dev.adze.compress.export;

import dev.adze.compress.train.Torch;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;

/** Tensors that {@link SafetensorsWriter} wrote, loaded by name into one {@code nn::LSTM} of LibTorch and a head. */
final class TorchEngine implements ExportEngine {
    private final RecurrentNetwork network;
    private final Map<String, Tensor> tensors;
    private final ExportForm form;
    private final LSTMImpl lstm;
    private final int lstms;

    /** @throws AdzeException BAD_BUNDLE if a tensor that PyTorch needs is missing or of another shape */
    TorchEngine(RecurrentNetwork network, Map<String, Tensor> tensors, ExportForm form) {
        this.network = network;
        this.tensors = tensors;
        this.form = form;
        Torch.start(1);
        lstms = SafetensorsWriter.requireOneTorchLstm(network);
        var first = (RecurrentLayer) network.layers().getFirst();
        var options = new LSTMOptions(network.inputSize(), SafetensorsWriter.cells(first));
        options.num_layers().put(lstms);
        if (first instanceof ProjectedLstm projected) {
            options.proj_size().put(projected.hiddenSize());
        }
        lstm = new LSTMImpl(options);
        try (var _ = new NoGradGuard(); var _ = new PointerScope()) {
            var named = lstm.named_parameters(true);
            for (long i = 0; i < named.size(); i++) {
                var parameter = named.get(i);
                Tensor stored = tensor("lstm." + parameter.key().getString());
                if (stored.elementCount() != parameter.value().numel()) {
                    throw missing("lstm." + parameter.key().getString(), "is of another shape");
                }
                parameter.value().copy_(torch.from_blob(new FloatPointer(stored.toFloats()), parameter.value().numel())
                        .view_as(parameter.value()));
            }
        }
    }

    private Tensor tensor(String name) {
        Tensor stored = tensors.get(name);
        if (stored == null) {
            throw missing(name, "is missing");
        }
        return stored;
    }

    private static AdzeException missing(String name, String what) {
        return new AdzeException(AdzeException.Kind.BAD_BUNDLE, "tensor " + name + " " + what
                + ": export the bundle with adze export BUNDLE --to safetensors");
    }

    @Override
    public String name() {
        return "LibTorch";
    }

    @Override
    public ExportForm form() {
        return form;
    }

    @Override
    public Result run(float[] features, int steps) {
        try (var _ = new NoGradGuard(); var _ = new PointerScope()) {
            org.bytedeco.pytorch.Tensor x = torch.from_blob(new FloatPointer(features), features.length)
                    .view(steps, 1, network.inputSize());
            org.bytedeco.pytorch.Tensor y = lstm.forward(x).get0();
            if (form == ExportForm.WINDOW) {
                y = y.narrow(0, steps - 1, 1);
            }
            int module = 0;
            for (int i = lstms; i < network.layers().size(); i++) {
                Dense dense = (Dense) network.layers().get(i);
                String name = SafetensorsWriter.headName(network, lstms, module);
                y = torch.matmul(y, blob(tensor(name + ".weight"), dense).t()).add(blob(tensor(name + ".bias"), null));
                y = switch (dense.activation()) {
                    case IDENTITY -> y;
                    case RELU -> torch.relu(y);
                    case TANH -> torch.tanh(y);
                    case GELU -> torch.gelu(y, "tanh");
                };
                module += dense.activation() == Dense.Activation.IDENTITY ? 1 : 2;
            }
            float[] values = new float[(int) y.numel()];
            y.contiguous().data_ptr_float().get(values);
            return new Result(values, new float[0]);
        }
    }

    private static org.bytedeco.pytorch.Tensor blob(Tensor tensor, Dense dense) {
        var flat = torch.from_blob(new FloatPointer(tensor.toFloats()), tensor.elementCount());
        return dense == null ? flat : flat.view(dense.outputSize(), dense.inputSize());
    }

    @Override
    public void close() {
        lstm.close();
    }
}
