package dev.adze.runtime.kernel;

/** The LSTM cell after the matrix products (see {@link dev.adze.runtime.model.Lstm}). */
final class ScalarCell {
    private ScalarCell() {}

    /** From the gates' pre-activations: updates {@code cell[unit]} and writes {@code hidden[unit]}. */
    static void update(float zi, float zf, float zg, float zo, float[] cell, float[] hidden, int unit) {
        float inputGate = ScalarMath.sigmoid(zi);
        float forgetGate = ScalarMath.sigmoid(zf);
        float candidate = ScalarMath.tanh(zg);
        float outputGate = ScalarMath.sigmoid(zo);
        float c = Math.fma(forgetGate, cell[unit], inputGate * candidate);
        cell[unit] = c;
        hidden[unit] = outputGate * ScalarMath.tanh(c);
    }
}
