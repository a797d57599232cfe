package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Tensor;

/** The integers that the scalar kernel multiplies digits with: q of an int8 matrix, q times multiplier of an int4 one. */
final class IntegerWeights {
    private IntegerWeights() {}

    /** {@code [rows, columns]}, row-major. */
    static short[] of(NetworkTensors tensors, int layer, String name, int columns) {
        Tensor stored = tensors.get(layer, name);
        return switch (tensors.precision(layer)) {
            case INT4 -> Int4.products(stored, tensors.get(layer, name + ".multiplier"), columns);
            case INT8 -> {
                byte[] q = stored.toBytes();
                short[] integers = new short[q.length];
                for (int i = 0; i < q.length; i++) {
                    integers[i] = q[i];
                }
                yield integers;
            }
            case FP32, FP16, MIXED -> throw new IllegalArgumentException(name + " holds no integers");
        };
    }
}
