package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.backend.tensorrt.Op.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * Computes an {@link EngineGraph} as its operators are described, in double precision rounded to each value's type, and
 * holds it to the rules that TensorRT has for strongly typed networks: known names, equal types and fitting shapes.
 */
final class GraphInterpreter {
    record Value(double[] values, List<Integer> shape, ElementType type) {
        Value {
            int elements = shape.stream().reduce(1, Math::multiplyExact);
            require(values.length == elements, values.length + " values of shape " + shape);
        }

        int rows() {
            require(shape.size() == 2, "a matrix is wanted, not " + shape);
            return shape.getFirst();
        }

        int columns() {
            return shape.getLast();
        }
    }

    private final Map<String, Value> known = new HashMap<>();

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    /** @param inputs by port, all of the graph's */
    static Map<String, float[]> run(EngineGraph graph, Map<String, float[]> inputs) {
        var interpreter = new GraphInterpreter();
        for (EngineGraph.Port port : graph.inputs()) {
            interpreter.put(port.name(), doubles(inputs.get(port.name())), List.of(port.rows(), port.columns()), ElementType.FP32);
        }
        graph.ops().forEach(interpreter::add);
        var outputs = new HashMap<String, float[]>();
        for (EngineGraph.Port port : graph.outputs()) {
            Value value = interpreter.get(port.name());
            require(value.type == ElementType.FP32 && value.shape.equals(List.of(port.rows(), port.columns())),
                    port + " is " + value.type + value.shape);
            float[] floats = new float[value.values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) value.values[i];
            }
            outputs.put(port.name(), floats);
        }
        return outputs;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private Value get(String name) {
        Value value = known.get(name);
        require(value != null, name + " is used before it is made");
        return value;
    }

    private void put(String name, double[] values, List<Integer> shape, ElementType type) {
        for (int i = 0; i < values.length; i++) {
            values[i] = round(values[i], type);
        }
        require(known.put(name, new Value(values, shape, type)) == null, name + " is made twice");
    }

    private static double round(double value, ElementType type) {
        return switch (type) {
            case FP32 -> (float) value;
            case FP16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case INT8 -> Math.clamp(Math.rint(value), -128, 127);
            case FP8 -> e4m3(value);
        };
    }

    /** 4 bits of exponent, 3 of mantissa, largest 448, smallest step 2^-9 (Micikevicius et al. 2022). */
    static double e4m3(double value) {
        int exponent = Math.max(Math.getExponent(value), -6);
        double step = Math.scalb(1.0, exponent - 3);
        return Math.clamp(Math.rint(value / step) * step, -448, 448);
    }

    private void add(Op op) {
        switch (op) {
            case Op.Constant c -> {
                require(c.type() == ElementType.FP32 || c.type() == ElementType.FP16, c.name() + " of type " + c.type());
                put(c.name(), doubles(c.values()), c.shape(), c.type());
            }
            case Op.Product p -> product(p);
            case Op.Elementwise e -> elementwise(e);
            case Op.Activation a -> map(a.name(), get(a.a()), switch (a.function()) {
                case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
                case TANH -> Math::tanh;
                case RELU -> x -> Math.max(0, x);
            });
            case Op.Slice s -> slice(s);
            case Op.Reshape r -> put(r.name(), get(r.a()).values.clone(), r.shape(), get(r.a()).type);
            case Op.Join j -> join(j);
            case Op.Cast c -> {
                Value a = get(c.a());
                require(isFloat(a.type) && isFloat(c.type()), "a cast from " + a.type + " to " + c.type());
                put(c.name(), a.values.clone(), a.shape, c.type());
            }
            case Op.Quantize q -> {
                require(isFloat(get(q.a()).type) && !isFloat(q.type()), q.toString());
                scaled(q.name(), q.a(), q.scale(), q.axis(), q.type(), false);
            }
            case Op.Dequantize d -> {
                require(!isFloat(get(d.a()).type), d.toString());
                scaled(d.name(), d.a(), d.scale(), d.axis(), ElementType.FP32, true);
            }
            case Op.Loop loop -> loop(loop);
        }
    }

    private static boolean isFloat(ElementType type) {
        return type == ElementType.FP32 || type == ElementType.FP16;
    }

    private void map(String name, Value a, DoubleUnaryOperator function) {
        require(isFloat(a.type), name + " of " + a.type);
        double[] values = new double[a.values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = function.applyAsDouble(a.values[i]);
        }
        put(name, values, a.shape, a.type);
    }

    private void product(Op.Product p) {
        Value a = get(p.a());
        Value b = get(p.b());
        require(a.type == b.type && isFloat(a.type) && a.columns() == b.columns(), p + ": " + a.type + a.shape + b.type + b.shape);
        double[] values = new double[a.rows() * b.rows()];
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < b.rows(); j++) {
                double sum = 0;
                for (int k = 0; k < a.columns(); k++) {
                    sum += a.values[i * a.columns() + k] * b.values[j * b.columns() + k];
                }
                values[i * b.rows() + j] = sum;
            }
        }
        put(p.name(), values, List.of(a.rows(), b.rows()), a.type);
    }

    private void elementwise(Op.Elementwise e) {
        Value a = get(e.a());
        Value b = get(e.b());
        require(a.type == b.type && isFloat(a.type), e + ": " + a.type + b.type);
        int rows = broadcast(a.rows(), b.rows());
        int columns = broadcast(a.columns(), b.columns());
        double[] values = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double x = a.values[(a.rows() == 1 ? 0 : i) * a.columns() + (a.columns() == 1 ? 0 : j)];
                double y = b.values[(b.rows() == 1 ? 0 : i) * b.columns() + (b.columns() == 1 ? 0 : j)];
                values[i * columns + j] = switch (e.kind()) {
                    case SUM -> x + y;
                    case PRODUCT -> x * y;
                    case DIFFERENCE -> x - y;
                };
            }
        }
        put(e.name(), values, List.of(rows, columns), a.type);
    }

    private static int broadcast(int a, int b) {
        require(a == b || a == 1 || b == 1, a + " beside " + b);
        return Math.max(a, b);
    }

    private void slice(Op.Slice s) {
        Value a = get(s.a());
        double[] values = new double[s.size().getFirst() * s.size().getLast()];
        for (int i = 0; i < s.size().getFirst(); i++) {
            int row = s.start().getFirst() + i;
            require(row < a.rows() && s.start().getLast() + s.size().getLast() <= a.columns(), s + " of " + a.shape);
            System.arraycopy(a.values, row * a.columns() + s.start().getLast(), values, i * s.size().getLast(),
                    s.size().getLast());
        }
        put(s.name(), values, s.size(), a.type);
    }

    private void join(Op.Join j) {
        List<Value> parts = j.parts().stream().map(this::get).toList();
        Value first = parts.getFirst();
        require(parts.stream().allMatch(p -> p.type == first.type && p.columns() == first.columns()), j.toString());
        double[] values = parts.stream().flatMapToDouble(p -> java.util.Arrays.stream(p.values)).toArray();
        put(j.name(), values, List.of(values.length / first.columns(), first.columns()), first.type);
    }

    private void scaled(String name, String a, String scale, int axis, ElementType type, boolean back) {
        Value value = get(a);
        Value scales = get(scale);
        require(scales.type == ElementType.FP32 && (axis < 0 ? scales.shape.isEmpty()
                : scales.shape.equals(List.of(value.shape.get(axis))) && axis == 0), name + ": " + scales.shape + " " + value.shape);
        double[] values = new double[value.values.length];
        for (int i = 0; i < values.length; i++) {
            double s = scales.values[axis < 0 ? 0 : (int) ((long) i * scales.values.length / values.length)];
            require(s > 0, name + ": a scale of " + s);
            values[i] = back ? value.values[i] * s : value.values[i] / s;
        }
        put(name, values, value.shape, type);
    }

    private void loop(Op.Loop loop) {
        Map<String, Value> state = new HashMap<>();
        loop.recurrences().forEach(r -> state.put(r.name(), get(r.initial())));
        Map<String, List<Double>> all = new HashMap<>();
        Map<String, Value> shapes = new HashMap<>();
        for (int t = 0; t < loop.steps(); t++) {
            var inside = new GraphInterpreter();
            inside.known.putAll(known);
            for (Op.StepSlice slice : loop.slices()) {
                Value source = get(slice.source());
                require(source.shape.getFirst() == loop.steps() && source.shape.size() == 3, slice + " of " + source.shape);
                List<Integer> shape = source.shape.subList(1, 3);
                int each = source.values.length / loop.steps();
                inside.put(slice.name(), java.util.Arrays.copyOfRange(source.values, t * each, (t + 1) * each), shape, source.type);
            }
            state.forEach((name, value) -> inside.put(name, value.values.clone(), value.shape, value.type));
            loop.body().forEach(inside::add);
            for (Op.Recurrence r : loop.recurrences()) {
                Value next = inside.get(r.next());
                require(next.type == state.get(r.name()).type && next.shape.equals(state.get(r.name()).shape), r.toString());
                state.put(r.name(), next);
            }
            for (Op.LoopResult result : loop.results()) {
                if (!result.last()) {
                    Value value = inside.get(result.inner());
                    shapes.put(result.name(), value);
                    var list = all.computeIfAbsent(result.name(), _ -> new ArrayList<>());
                    java.util.Arrays.stream(value.values).forEach(list::add);
                }
            }
        }
        for (Op.LoopResult result : loop.results()) {
            if (result.last()) {
                Value value = state.get(result.inner());
                require(value != null, result + " is no recurrence");
                put(result.name(), value.values.clone(), value.shape, value.type);
            } else {
                Value one = shapes.get(result.name());
                var shape = new ArrayList<>(List.of(loop.steps()));
                shape.addAll(one.shape);
                put(result.name(), all.get(result.name()).stream().mapToDouble(d -> d).toArray(), List.copyOf(shape), one.type);
            }
        }
    }
}
