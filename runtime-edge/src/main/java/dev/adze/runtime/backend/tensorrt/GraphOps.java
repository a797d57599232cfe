package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.backend.tensorrt.Op.ElementType;
import dev.adze.runtime.backend.tensorrt.Op.Function;
import dev.adze.runtime.backend.tensorrt.Op.Pointwise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Operators under way, each with a name of its own. Values between are of one type, {@code [rows, columns]} unless said. */
final class GraphOps {
    private final ElementType computing;
    private List<Op> ops = new ArrayList<>();
    private List<String> lastOfInside = List.of();
    private int count;

    GraphOps(ElementType computing) {
        this.computing = computing;
    }

    ElementType computing() {
        return computing;
    }

    String name(String kind) {
        return kind + "." + count++;
    }

    String add(Op op) {
        ops.add(op);
        return op.name();
    }

    List<Op> list() {
        return ops;
    }

    /** What {@code work} adds, for the body of a loop. Constants belong outside: make them before. */
    List<Op> inside(Supplier<List<String>> work) {
        List<Op> outside = ops;
        ops = new ArrayList<>();
        try {
            lastOfInside = work.get();
            return ops;
        } finally {
            ops = outside;
        }
    }

    /** What the work of {@link #inside} returned. */
    List<String> lastOfInside() {
        return lastOfInside;
    }

    String constant(float[] values, Integer... shape) {
        return constant(values, computing, shape);
    }

    String constant(float[] values, ElementType type, Integer... shape) {
        return add(new Op.Constant(name("constant"), values, List.of(shape), type));
    }

    String product(String a, String b) {
        return add(new Op.Product(name("product"), a, b));
    }

    String sum(String a, String b) {
        return add(new Op.Elementwise(name("sum"), Pointwise.SUM, a, b));
    }

    String times(String a, String b) {
        return add(new Op.Elementwise(name("times"), Pointwise.PRODUCT, a, b));
    }

    String minus(String a, String b) {
        return add(new Op.Elementwise(name("minus"), Pointwise.DIFFERENCE, a, b));
    }

    String apply(Function function, String a) {
        return add(new Op.Activation(name(function.name().toLowerCase(java.util.Locale.ROOT)), function, a));
    }

    String rows(String a, int first, int rows, int columns) {
        return add(new Op.Slice(name("rows"), a, List.of(first, 0), List.of(rows, columns)));
    }

    /** Of one row. */
    String columns(String a, int first, int columns) {
        return add(new Op.Slice(name("columns"), a, List.of(0, first), List.of(1, columns)));
    }

    String reshape(String a, Integer... shape) {
        return add(new Op.Reshape(name("reshape"), a, Arrays.asList(shape)));
    }

    String join(List<String> parts) {
        return add(new Op.Join(name("join"), List.copyOf(parts)));
    }

    /** An FP32 value in the type that is computed in. */
    String toComputing(String input) {
        return computing == ElementType.FP32 ? input : add(new Op.Cast(name("cast"), input, computing));
    }

    /** Gives a value its name as an output, in FP32. */
    void output(String name, String value) {
        add(new Op.Cast(name, value, ElementType.FP32));
    }
}
