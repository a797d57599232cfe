package dev.adze.runtime.backend.tensorrt;

import java.util.List;

/**
 * One operator of an {@link EngineGraph}. {@link #name} names its result, which later operators refer to. Both operands of
 * an operator have the same element type; shapes of one length are broadcast where an extent is 1.
 */
public sealed interface Op {
    String name();

    enum ElementType {
        FP32, FP16, INT8, FP8
    }

    /** @param values row-major, rounded to {@code type} (FP32 or FP16) when they are written */
    record Constant(String name, float[] values, List<Integer> shape, ElementType type) implements Op {}

    /** {@code a [m, k]} times the transposed {@code b [n, k]}: {@code [m, n]}. */
    record Product(String name, String a, String b) implements Op {}

    enum Pointwise {
        SUM, PRODUCT, DIFFERENCE
    }

    record Elementwise(String name, Pointwise kind, String a, String b) implements Op {}

    enum Function {
        SIGMOID, TANH, RELU
    }

    record Activation(String name, Function function, String a) implements Op {}

    /** {@code size} values from {@code start} on in every dimension. */
    record Slice(String name, String a, List<Integer> start, List<Integer> size) implements Op {}

    record Reshape(String name, String a, List<Integer> shape) implements Op {}

    /** One below the other: the first extents add up. */
    record Join(String name, List<String> parts) implements Op {}

    /** Between FP32 and FP16. */
    record Cast(String name, String a, ElementType type) implements Op {}

    /**
     * {@code round(a / scale)}, saturated.
     *
     * @param scale an FP32 constant, of shape [] or, one a slice of {@code axis}, of shape [n]
     * @param axis  -1 for a scale of shape []
     * @param type  INT8 or FP8
     */
    record Quantize(String name, String a, String scale, int axis, ElementType type) implements Op {}

    /** {@code a * scale} in FP32; parameters as in {@link Quantize}. */
    record Dequantize(String name, String a, String scale, int axis) implements Op {}

    /**
     * A loop.
     *
     * @param steps       how often
     * @param slices      values {@code [steps, ...]} of which the body sees one slice {@code [...]} a step
     * @param recurrences values that a step hands on to the next
     * @param body        may refer to whatever is outside
     * @param results     what comes out
     */
    record Loop(String name, int steps, List<StepSlice> slices, List<Recurrence> recurrences, List<Op> body,
            List<LoopResult> results) implements Op {}

    record StepSlice(String name, String source) {}

    /**
     * @param name    in the body: the value before the step
     * @param initial before the first step
     * @param next    the body's value after the step
     */
    record Recurrence(String name, String initial, String next) {}

    /**
     * @param inner of {@code last}: a recurrence, its value after the last step; else a value of the body, those of all
     *              steps as {@code [steps, ...]}
     */
    record LoopResult(String name, String inner, boolean last) {}
}
