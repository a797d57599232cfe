package dev.adze.runtime.kernel;

import dev.adze.runtime.model.SelfAttention;
import java.util.Arrays;

/** The matrices of {@link SelfAttention}, and how a sequence goes through it (docs/arithmetic.md). */
record AttentionProducts(SelfAttention attention, MatrixProduct qkv, float[] qkvBias, MatrixProduct out, float[] outBias) {
    Sequence over(Signal input) {
        return new Sequence(input);
    }

    /** One sequence after the other; its memory grows with the longest one. */
    final class Sequence {
        private final Signal input;
        private final int size = attention.inputSize();
        private final int width = size / attention.heads();
        private final float factor = 1f / (float) Math.sqrt(width);
        private final MatrixProduct.OfSignal ofInput;
        private final Signal attended = Signal.ofValues(size, size);
        private final MatrixProduct.OfSignal ofAttended = out.with(attended);
        private final float[] projected = new float[3 * size];
        private float[] keys = new float[0];
        private float[] values = new float[0];
        private float[] weights = new float[0];
        private int count;

        private Sequence(Signal input) {
            this.input = input;
            ofInput = qkv.with(input);
        }

        void begin(int steps) {
            count = 0;
            if (weights.length < steps) {
                keys = new float[Math.multiplyExact(steps, size)];
                values = new float[keys.length];
                weights = new float[steps];
            }
        }

        /** The next step, from the input signal: {@code W_out a + b_out} into {@code sums}. */
        void next(float[] sums) {
            ofInput.add(qkvBias, projected);
            System.arraycopy(projected, size, keys, count * size, size);
            System.arraycopy(projected, 2 * size, values, count * size, size);
            count++;
            Arrays.fill(attended.values, 0);
            for (int first = 0; first < size; first += width) {
                attend(first);
            }
            ofAttended.add(outBias, sums);
        }

        private void attend(int first) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int u = 0; u < count; u++) {
                float score = 0;
                for (int k = first; k < first + width; k++) {
                    score = Math.fma(projected[k], keys[u * size + k], score);
                }
                weights[u] = score * factor;
                largest = Math.max(largest, weights[u]);
            }
            float sum = 0;
            for (int u = 0; u < count; u++) {
                weights[u] = ScalarMath.exp(weights[u] - largest);
                sum += weights[u];
                for (int k = first; k < first + width; k++) {
                    attended.values[k] = Math.fma(weights[u], values[u * size + k], attended.values[k]);
                }
            }
            for (int k = first; k < first + width; k++) {
                attended.values[k] /= sum;
            }
        }
    }
}
