package dev.adze.compress.train;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The floating-point operations of docs/arithmetic.md on tensors. fma is computed in double precision, where the product
 * is exact, and rounded twice: in about one of 5e8 cases that is the other neighbour.
 */
final class DeviceFloats {
    private static final float[] P = {0x1.06b8eep-26f, 0x1.7013cep-16f, 0x1.d47e0cp-9f, 0x1.1363eep-3f, 1};
    private static final float[] Q = {0x1.cae696p-21f, 0x1.6629fcp-12f, 0x1.acd914p-6f, 0x1.df074ap-2f, 1};

    private DeviceFloats() {}

    static Tensor fma(Tensor a, Tensor b, Tensor c) {
        return toDouble(a).mul(toDouble(b)).add(toDouble(c)).to(ScalarType.Float);
    }

    static Tensor fma(Tensor a, double b, Tensor c) {
        return toDouble(a).mul(new Scalar(b)).add(toDouble(c)).to(ScalarType.Float);
    }

    static Tensor tanh(Tensor x) {
        Tensor y = x.mul(x);
        Tensor inside = x.mul(polynomial(P, y)).div(polynomial(Q, y));
        Tensor high = torch.where(x.gt(new Scalar((double) 8.1f)), new Scalar(1.0f), inside);
        return torch.where(x.lt(new Scalar((double) -8.1f)), new Scalar(-1.0f), high);
    }

    static Tensor sigmoid(Tensor x) {
        Tensor half = tanh(x.mul(new Scalar(0.5)));
        return toDouble(half).mul(new Scalar(0.5)).add(new Scalar(0.5)).to(ScalarType.Float);
    }

    private static Tensor polynomial(float[] coefficients, Tensor y) {
        Tensor sum = toDouble(y).mul(new Scalar((double) coefficients[0])).add(new Scalar((double) coefficients[1]))
                .to(ScalarType.Float);
        for (int i = 2; i < coefficients.length; i++) {
            sum = toDouble(sum).mul(toDouble(y)).add(new Scalar((double) coefficients[i])).to(ScalarType.Float);
        }
        return sum;
    }

    private static Tensor toDouble(Tensor x) {
        return x.to(ScalarType.Double);
    }
}
