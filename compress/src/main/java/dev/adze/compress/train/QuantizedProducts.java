package dev.adze.compress.train;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Products of a {@link QuantizedMatrix} with activation digits, added to given rows (docs/arithmetic.md, LSTM layer, int8
 * and int4). Exact: to the device's bits; otherwise sums beyond 2^24 are rounded to single precision and fma may round twice.
 */
final class QuantizedProducts {
    private static final double TWO_DIGITS = 16256;
    private static final double LEAST = 0x1p-100;

    private final Tensor transposed;
    private final Tensor scale;
    private final boolean exact;
    private final boolean wide;

    QuantizedProducts(QuantizedMatrix matrix, boolean exact) {
        this(matrix, matrix.integers(), exact);
    }

    /** Of {@code rows} rows from {@code first} on. */
    QuantizedProducts(QuantizedMatrix matrix, long first, long rows, boolean exact) {
        this(matrix, matrix.integers().rows(first, rows), exact);
    }

    private QuantizedProducts(QuantizedMatrix matrix, QuantizedMatrix.Integers integers, boolean exact) {
        this.exact = exact;
        scale = integers.scale();
        Tensor values = integers.values().t();
        wide = exact && matrix.largestSum() >= 1L << 24;
        transposed = wide ? values.to(ScalarType.Double) : values;
    }

    /** Hidden values {@code h} in ±1 as digits; the gradient passes through. */
    static Tensor digits(Tensor h) {
        return QuantizedMatrix.rounded(h.mul(new Scalar(127.0)), 127);
    }

    /** {@code W x + start} for x given as {@link #digits}. */
    Tensor ofDigits(Tensor digits, Tensor start) {
        return fma(sums(digits), scale.div(new Scalar(127.0)), start);
    }

    /** The same for real-valued x {@code [batch, steps, columns]}, which gets two digits and a scale a step. */
    Tensor ofReal(Tensor x, Tensor start) {
        Tensor values = x.detach();
        Tensor largest = values.abs().amax(new long[] {2}, true);
        Tensor silent = largest.lt(new Scalar(LEAST));
        Tensor some = torch.where(silent, new Scalar(1.0f), largest);
        Tensor inverse = torch.full_like(some, new Scalar(TWO_DIGITS)).div(some);
        Tensor step = some.div(new Scalar(TWO_DIGITS));
        Tensor q = torch.where(silent, new Scalar(0.0f), values.mul(inverse).round());
        q = q.clamp_min(new Scalar(-TWO_DIGITS)).clamp_max(new Scalar(TWO_DIGITS));
        Tensor high = q.add(new Scalar(64.0)).div(new Scalar(128.0)).floor();
        Tensor low = q.sub(high.mul(new Scalar(128.0)));
        if (x.requires_grad()) {
            Tensor inSteps = x.div(step);
            low = low.add(inSteps.sub(inSteps.detach())); // adds 0, and x's gradient
        }
        Tensor both = exact ? DeviceFloats.fma(sums(high), 128, sums(low)) : sums(high.mul(new Scalar(128.0)).add(low));
        return fma(both.mul(torch.where(silent, new Scalar(0.0f), step)), scale, start);
    }

    private Tensor sums(Tensor digits) {
        return wide ? torch.matmul(digits.to(ScalarType.Double), transposed).to(ScalarType.Float)
                : torch.matmul(digits, transposed);
    }

    private Tensor fma(Tensor a, Tensor b, Tensor c) {
        return exact ? DeviceFloats.fma(a, b, c) : torch.addcmul(c, a, b);
    }
}
