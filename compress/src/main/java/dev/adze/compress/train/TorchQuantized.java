package dev.adze.compress.train;

import dev.adze.compress.quantize.StepSizes;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A recurrent layer with the integer arithmetic of the device (docs/arithmetic.md): integer weights, hidden values at
 * 1/127 between steps, two-digit inputs where they are real-valued. While training, sigmoid and tanh are LibTorch's, within
 * 3e-7 of the device's; {@link #exact} makes everything the device's own bits.
 */
final class TorchQuantized implements TorchPart {
    private final RecurrentLayer layer;
    private final int hidden;
    private final boolean boundedInput;
    private final SequencedMap<String, Tensor> parameters;
    private final QuantizedMatrix inputMatrix;
    private final QuantizedMatrix hiddenMatrix;
    /** Of a {@link ProjectedLstm}; else null. */
    private final QuantizedMatrix projection;
    private boolean exact;

    /**
     * @param prefix       of the layer's tensors in {@code steps}
     * @param boundedInput whether the inputs are hidden values, which come as one digit
     */
    TorchQuantized(RecurrentLayer layer, StepSizes steps, String prefix, boolean boundedInput) {
        this.layer = layer;
        this.boundedInput = boundedInput;
        hidden = layer.hiddenSize();
        if (layer instanceof LstmVariant) {
            throw new AdzeException(AdzeException.Kind.USAGE, "quantize.aware trains LSTM, projected LSTM, GRU and minimal-gate"
                    + " layers, and the student has layerNorm or peephole; leave those out, or set quantize.aware.epochs: 0");
        }
        if (layer instanceof Lstm lstm && lstm.hold() > 1) {
            throw new AdzeException(AdzeException.Kind.USAGE, "the digits of a layer with hold " + lstm.hold()
                    + " are not simulated; tune the network without hold and set it afterwards");
        }
        parameters = TorchParameters.zeros(layer);
        inputMatrix = matrix("weight_ih", steps, prefix);
        hiddenMatrix = matrix("weight_hh", steps, prefix);
        projection = layer instanceof ProjectedLstm ? matrix("weight_hr", steps, prefix) : null;
    }

    private QuantizedMatrix matrix(String name, StepSizes steps, String prefix) {
        return new QuantizedMatrix(parameters.get(name), steps.byTensor().get(prefix + name), steps.precision());
    }

    @Override
    public void exact(boolean exact) {
        this.exact = exact;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        var ofInput = new QuantizedProducts(inputMatrix, exact);
        Tensor bias = parameters.get("bias");
        Tensor input = boundedInput ? ofInput.ofDigits(QuantizedProducts.digits(x), bias) : ofInput.ofReal(x, bias);
        var ofHidden = new QuantizedProducts(hiddenMatrix, exact);
        return switch (layer) {
            case Lstm _ -> lstm(input, ofHidden, pass);
            case ProjectedLstm lstm -> projected(lstm, input, ofHidden, new QuantizedProducts(projection, exact), pass);
            case Gru _ -> gru(input, ofHidden, pass);
            case MinimalGate _ -> minimalGate(input, pass);
            case LstmVariant _ -> throw new IllegalStateException("refused when made");
        };
    }

    private Tensor lstm(Tensor input, QuantizedProducts ofHidden, Pass pass) {
        Tensor h = pass.start(input.size(0), hidden, 0);
        Tensor c = pass.start(input.size(0), hidden, 1);
        var outputs = new TensorVector();
        for (long t = 0; t < input.size(1); t++) {
            Tensor z = ofHidden.ofDigits(QuantizedProducts.digits(h), input.select(1, t));
            Tensor gates = sigmoid(z);
            Tensor added = gate(gates, 0).mul(tanh(gate(z, 2)));
            c = exact ? DeviceFloats.fma(gate(gates, 1), c, added) : torch.addcmul(added, gate(gates, 1), c);
            h = gate(gates, 3).mul(tanh(c));
            outputs.push_back(h);
        }
        pass.end(h, c);
        pass.lastCell(c);
        return torch.stack(outputs, 1);
    }

    private Tensor projected(ProjectedLstm lstm, Tensor input, QuantizedProducts ofHidden, QuantizedProducts ofCells,
            Pass pass) {
        int cells = lstm.cellSize();
        Tensor h = pass.start(input.size(0), hidden, 0);
        Tensor c = pass.start(input.size(0), cells, 1);
        Tensor none = torch.zeros(input.size(0), hidden);
        var outputs = new TensorVector();
        for (long t = 0; t < input.size(1); t++) {
            Tensor z = ofHidden.ofReal(h.unsqueeze(1), input.narrow(1, t, 1)).select(1, 0);
            Tensor gates = sigmoid(z);
            Tensor added = gates.narrow(1, 0, cells).mul(tanh(z.narrow(1, 2L * cells, cells)));
            c = fma(gates.narrow(1, cells, cells), c, added);
            Tensor m = gates.narrow(1, 3L * cells, cells).mul(tanh(c));
            h = ofCells.ofDigits(QuantizedProducts.digits(m), none);
            outputs.push_back(h);
        }
        pass.end(h, c);
        return torch.stack(outputs, 1);
    }

    private Tensor minimalGate(Tensor input, Pass pass) {
        var ofHidden = new QuantizedProducts(hiddenMatrix, 0, hidden, exact);
        var ofGated = new QuantizedProducts(hiddenMatrix, hidden, hidden, exact);
        Tensor h = pass.start(input.size(0), hidden, 0);
        var outputs = new TensorVector();
        for (long t = 0; t < input.size(1); t++) {
            Tensor a = input.select(1, t);
            Tensor gate = sigmoid(ofHidden.ofDigits(QuantizedProducts.digits(h), gate(a, 0)));
            Tensor candidate = tanh(ofGated.ofDigits(QuantizedProducts.digits(gate.mul(h)), gate(a, 1)));
            h = fma(gate, candidate.sub(h), h);
            outputs.push_back(h);
        }
        pass.end(h);
        return torch.stack(outputs, 1);
    }

    private Tensor gru(Tensor input, QuantizedProducts ofHidden, Pass pass) {
        long batch = input.size(0);
        Tensor h = pass.start(batch, hidden, 0);
        Tensor candidateBias = parameters.get("bias_hn").expand(new long[] {batch, hidden}, false);
        var outputs = new TensorVector();
        for (long t = 0; t < input.size(1); t++) {
            Tensor a = input.select(1, t);
            Tensor start = torch.cat(new TensorVector(a.narrow(1, 0, 2L * hidden), candidateBias), 1);
            Tensor u = ofHidden.ofDigits(QuantizedProducts.digits(h), start);
            Tensor gates = sigmoid(u.narrow(1, 0, 2L * hidden));
            Tensor candidate = tanh(fma(gate(gates, 0), gate(u, 2), gate(a, 2)));
            h = fma(gate(gates, 1), h.sub(candidate), candidate);
            outputs.push_back(h);
        }
        pass.end(h);
        return torch.stack(outputs, 1);
    }

    private Tensor gate(Tensor rows, int index) {
        return rows.narrow(1, (long) index * hidden, hidden);
    }

    private Tensor fma(Tensor a, Tensor b, Tensor c) {
        return exact ? DeviceFloats.fma(a, b, c) : torch.addcmul(c, a, b);
    }

    private Tensor sigmoid(Tensor x) {
        return exact ? DeviceFloats.sigmoid(x) : torch.sigmoid(x);
    }

    private Tensor tanh(Tensor x) {
        return exact ? DeviceFloats.tanh(x) : torch.tanh(x);
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
        return parameters;
    }

    @Override
    public Map<String, QuantizedMatrix> matrices() {
        var matrices = new LinkedHashMap<String, QuantizedMatrix>();
        matrices.put("weight_ih", inputMatrix);
        matrices.put("weight_hh", hiddenMatrix);
        if (projection != null) {
            matrices.put("weight_hr", projection);
        }
        return matrices;
    }
}
