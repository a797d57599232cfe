package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.FullyConnectedOptions;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.Tensor;

/**
 * Interprets a .tflite file of 16x8 as TensorFlow Lite Micro's reference kernels do, which have no engine for this
 * machine's Java: every operator that {@link TfliteWriter} puts into such files, from the bytes of the file.
 */
final class MicroReference implements ExportEngine {
    private final ExportForm form;
    private final Model model;
    private final SubGraph graph;
    private final Map<Integer, MicroLstm> layers = new HashMap<>();
    private Map<Integer, float[]> floats;
    private Map<Integer, int[]> integers;

    MicroReference(byte[] file) {
        form = TfliteInspector.inspect(file).form();
        model = Model.getRootAsModel(ByteBuffer.wrap(file));
        graph = model.subgraphs(0);
        for (int i = 0; i < graph.operatorsLength(); i++) {
            if (code(graph.operators(i)) == BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM) {
                layers.put(i, lstm(graph.operators(i)));
            }
        }
    }

    private MicroLstm lstm(Operator operator) {
        var gates = new MicroLstm.Gate[4];
        for (int gate = 0; gate < 4; gate++) {
            int w = operator.inputs(1 + gate);
            int r = operator.inputs(5 + gate);
            ByteBuffer bias = data(operator.inputs(12 + gate));
            long[] values = new long[bias.remaining() / Long.BYTES];
            bias.asLongBuffer().get(values);
            gates[gate] = new MicroLstm.Gate(bytes(w), scale(w), bytes(r), scale(r), values);
        }
        return new MicroLstm(gates, scale(operator.inputs(0)), scale(operator.inputs(18)), scale(operator.inputs(19)));
    }

    @Override
    public String name() {
        return "Adze's reference of TensorFlow Lite Micro";
    }

    @Override
    public ExportForm form() {
        return form;
    }

    @Override
    public Result run(float[] features, int steps) {
        layers.values().forEach(MicroLstm::reset);
        if (form == ExportForm.WINDOW) {
            return invoke(features);
        }
        int inputs = features.length / steps;
        float[] scaled = new float[0];
        float[] physical = new float[0];
        for (int t = 0; t < steps; t++) {
            Result step = invoke(java.util.Arrays.copyOfRange(features, t * inputs, (t + 1) * inputs));
            scaled = OnnxEngine.append(scaled, step.scaled(), t, steps);
            physical = OnnxEngine.append(physical, step.physical(), t, steps);
        }
        return new Result(scaled, physical);
    }

    private Result invoke(float[] features) {
        floats = new HashMap<>(Map.of(graph.inputs(0), features));
        integers = new HashMap<>();
        for (int i = 0; i < graph.operatorsLength(); i++) {
            operate(i, graph.operators(i));
        }
        return new Result(floats.get(graph.outputs(0)),
                graph.outputsLength() > 1 ? floats.get(graph.outputs(1)) : new float[0]);
    }

    private void operate(int index, Operator operator) {
        int in = operator.inputs(0);
        int out = operator.outputs(0);
        int code = code(operator);
        switch (code) {
            case BuiltinOperator.QUANTIZE -> integers.put(out, quantized(floats.get(in), scale(out)));
            case BuiltinOperator.DEQUANTIZE -> floats.put(out, dequantized(integers.get(in), scale(in)));
            case BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM -> integers.put(out, layers.get(index).run(integers.get(in)));
            case BuiltinOperator.STRIDED_SLICE -> { // the last step
                float[] all = floats.get(in);
                Tensor row = graph.tensors(out);
                floats.put(out, java.util.Arrays.copyOfRange(all, all.length - row.shape(row.shapeLength() - 1), all.length));
            }
            case BuiltinOperator.FULLY_CONNECTED -> floats.put(out, dense(operator, floats.get(in)));
            case BuiltinOperator.TANH -> floats.put(out, each(floats.get(in), null, (a, _) -> (float) Math.tanh(a)));
            case BuiltinOperator.GELU -> floats.put(out, each(floats.get(in), null, (a, _) -> (float)
                    (a / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a * a * a))))));
            case BuiltinOperator.MUL -> floats.put(out, each(floats.get(in), constant(operator), (a, b) -> a * b));
            case BuiltinOperator.ADD -> floats.put(out, each(floats.get(in), constant(operator), Float::sum));
            case BuiltinOperator.MAXIMUM -> floats.put(out, each(floats.get(in), constant(operator), Math::max));
            case BuiltinOperator.MINIMUM -> floats.put(out, each(floats.get(in), constant(operator), Math::min));
            default -> throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "operator " + BuiltinOperator.name(code)
                    + " is in no int16x8 file of Adze; export it again");
        }
    }

    private static int[] quantized(float[] values, float scale) {
        int[] result = new int[values.length];
        for (int i = 0; i < result.length; i++) {
            float ratio = values[i] / scale; // half away from zero, as std::round
            result[i] = MicroArithmetic.saturated((int) (Math.signum(ratio) * Math.floor(Math.abs((double) ratio) + 0.5)));
        }
        return result;
    }

    private static float[] dequantized(int[] values, float scale) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) ((double) scale * values[i]);
        }
        return result;
    }

    private float[] dense(Operator operator, float[] x) {
        float[] weight = floats(operator.inputs(1));
        float[] bias = floats(operator.inputs(2));
        int inputs = weight.length / bias.length;
        boolean relu = ((FullyConnectedOptions) operator.builtinOptions(new FullyConnectedOptions()))
                .fusedActivationFunction() == ActivationFunctionType.RELU;
        float[] y = new float[x.length / inputs * bias.length];
        for (int i = 0; i < y.length; i++) {
            float sum = 0;
            for (int k = 0; k < inputs; k++) {
                sum += x[i / bias.length * inputs + k] * weight[i % bias.length * inputs + k];
            }
            sum += bias[i % bias.length];
            y[i] = relu ? Math.max(0, sum) : sum;
        }
        return y;
    }

    private interface Pointwise {
        float of(float a, float b);
    }

    private static float[] each(float[] a, float[] b, Pointwise function) {
        float[] result = new float[a.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = function.of(a[i], b == null ? 0 : b[i % b.length]);
        }
        return result;
    }

    private float[] constant(Operator operator) {
        return floats(operator.inputs(1));
    }

    private float[] floats(int tensor) {
        ByteBuffer data = data(tensor);
        float[] values = new float[data.remaining() / Float.BYTES];
        data.asFloatBuffer().get(values);
        return values;
    }

    private byte[] bytes(int tensor) {
        ByteBuffer data = data(tensor);
        byte[] values = new byte[data.remaining()];
        data.get(values);
        return values;
    }

    private ByteBuffer data(int tensor) {
        return model.buffers((int) graph.tensors(tensor).buffer()).dataAsByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private float scale(int tensor) {
        return graph.tensors(tensor).quantization().scale(0);
    }

    private int code(Operator operator) {
        return model.operatorCodes((int) operator.opcodeIndex()).builtinCode();
    }

    @Override
    public void close() {}
}
