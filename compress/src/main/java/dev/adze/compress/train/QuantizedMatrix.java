package dev.adze.compress.train;

import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Precision;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A matrix as the device holds it: integers and a scale a row, made anew from the trained weights and step sizes whenever
 * it is used. Gradients pass the rounding straight through (Bengio et al. 2013); those of the steps are then those of
 * learned step size quantization (Esser et al. 2020, eq. 3), and the gradient of a clipped weight is 0.
 *
 * <p>A step is {@code start * exp(RATE * change)} with {@code change} trained from 0 on (Jain et al. 2020): it stays above
 * 0, and a learning rate means the same relative change whatever the step's size. Weight decay pulls it to the start.
 */
final class QuantizedMatrix {
    /** How much faster than a weight a step may move, relative to its size; an Adam step at rate 1e-4 changes it by 0.04 %. */
    private static final double RATE = 4;

    private final Tensor weight;
    private final Tensor start;
    private final Tensor change;
    private final Precision precision;

    /**
     * @param weight {@code [rows, columns]}, shared
     * @param steps  {@code [rows, steps of a row]} before training
     */
    QuantizedMatrix(Tensor weight, float[] steps, Precision precision) {
        this.weight = weight;
        this.precision = precision;
        long rows = weight.size(0);
        start = torch.zeros(rows, steps.length / rows);
        try (PointerScope _ = new PointerScope()) {
            start.copy_(torch.from_blob(new FloatPointer(steps), rows, steps.length / rows));
        }
        change = torch.zeros(rows, steps.length / rows).requires_grad_(true);
    }

    /**
     * @param values {@code [rows, columns]}, whole numbers: q in int8, q times its group's multiplier in int4
     * @param scale  {@code [rows]}
     */
    record Integers(Tensor values, Tensor scale) {
        Integers rows(long first, long count) {
            return new Integers(values.narrow(0, first, count), scale.narrow(0, first, count));
        }
    }

    Integers integers() {
        Tensor step = step();
        if (precision == Precision.INT8) {
            return new Integers(rounded(weight.div(step), 127), step.view(-1));
        }
        Tensor scale = step.amax(new long[] {1}, true).div(new Scalar((double) Int4.MAX_MULTIPLIER)).detach();
        Tensor multiplier = rounded(step.div(scale).clamp_min(new Scalar(1.0)), Int4.MAX_MULTIPLIER);
        Tensor whole = multiplier.repeat_interleave(Int4.GROUP, new LongOptional(1), new LongOptional())
                .narrow(1, 0, weight.size(1));
        return new Integers(rounded(weight.div(whole.mul(scale)), Int4.MAX).mul(whole), scale.view(-1));
    }

    private Tensor step() {
        return start.mul(torch.exp(change.mul(new Scalar(RATE))));
    }

    /** To nearest, ties to even, within ±largest; the gradient is 1 inside and 0 outside. */
    static Tensor rounded(Tensor x, int largest) {
        return torch.fake_quantize_per_tensor_affine(x, 1, 0, -largest, largest);
    }

    /** The trained change of the steps; shared, not a copy. */
    Tensor change() {
        return change;
    }

    /** The steps as they stand, row-major. */
    float[] steps() {
        try (PointerScope _ = new PointerScope()) {
            return TorchNetwork.toArray(step());
        }
    }

    /** Magnitude of a sum of products with digits at most, where all that meet are largest. */
    long largestSum() {
        return weight.size(1) * 127 * (precision == Precision.INT8 ? 127 : Int4.MAX * Int4.MAX_MULTIPLIER);
    }
}
