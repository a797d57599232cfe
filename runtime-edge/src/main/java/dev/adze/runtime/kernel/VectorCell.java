package dev.adze.runtime.kernel;

import static dev.adze.runtime.kernel.PackedLayout.BLOCK;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarCell} for a block of {@link PackedLayout#BLOCK} units. */
final class VectorCell {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final FloatVector HALF = FloatVector.broadcast(F, 0.5f);
    private static final int INPUT_GATE = 0;
    private static final int FORGET_GATE = BLOCK;
    private static final int CANDIDATE = 2 * BLOCK;
    private static final int OUTPUT_GATE = 3 * BLOCK;

    private VectorCell() {}

    /**
     * @param z     pre-activations {@code [gate][BLOCK]} of the block; overwritten
     * @param first the block's first unit in {@code cell} and {@code hidden}
     */
    static void update(float[] z, float[] cell, float[] hidden, int first) {
        for (int j = 0; j < BLOCK; j += VectorWidth.LANES) { // sigmoid(x) = 0.5 + 0.5 tanh(0.5 x)
            FloatVector.fromArray(F, z, INPUT_GATE + j).mul(HALF).intoArray(z, INPUT_GATE + j);
            FloatVector.fromArray(F, z, FORGET_GATE + j).mul(HALF).intoArray(z, FORGET_GATE + j);
            FloatVector.fromArray(F, z, OUTPUT_GATE + j).mul(HALF).intoArray(z, OUTPUT_GATE + j);
        }
        VectorMath.tanh(z, 0, z, 0, PackedLayout.ROWS);
        for (int j = 0; j < BLOCK; j += VectorWidth.LANES) {
            FloatVector inputGate = FloatVector.fromArray(F, z, INPUT_GATE + j).fma(HALF, HALF);
            FloatVector forgetGate = FloatVector.fromArray(F, z, FORGET_GATE + j).fma(HALF, HALF);
            FloatVector.fromArray(F, z, OUTPUT_GATE + j).fma(HALF, HALF).intoArray(z, OUTPUT_GATE + j);
            FloatVector added = inputGate.mul(FloatVector.fromArray(F, z, CANDIDATE + j));
            forgetGate.fma(FloatVector.fromArray(F, cell, first + j), added).intoArray(cell, first + j);
        }
        VectorMath.tanh(cell, first, hidden, first, BLOCK);
        for (int j = 0; j < BLOCK; j += VectorWidth.LANES) {
            FloatVector.fromArray(F, hidden, first + j).mul(FloatVector.fromArray(F, z, OUTPUT_GATE + j))
                    .intoArray(hidden, first + j);
        }
    }
}
