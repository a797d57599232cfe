package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Dense layer with its rows in lanes: weights {@code [block][k][ROWS]} for blocks of {@link PackedLayout#ROWS} outputs,
 * padded with zeros.
 */
record VectorDense(Dense dense, MemorySegment weights, float[] bias) implements CompiledLayer {
    /**
     * With fewer outputs the scalar loop is faster: a row's chain of additions takes 0.6 µs for 560 inputs, reading a
     * block of mostly padding takes longer than some of them.
     */
    static final int WORTHWHILE_OUTPUTS = 8;

    static VectorDense compile(Dense dense, NetworkTensors tensors, int layer, Arena arena) {
        float[] rows = tensors.get(layer, "bias").toFloats();
        float[] bias = java.util.Arrays.copyOf(rows, blocks(dense) * PackedLayout.ROWS);
        return new VectorDense(dense, PackedLayout.packDense(dense, tensors.get(layer, "weight"), arena), bias);
    }

    private static int blocks(Dense dense) {
        return (dense.outputSize() + PackedLayout.ROWS - 1) / PackedLayout.ROWS;
    }

    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input, Signal.ofValues(dense.outputSize(), dense.outputSize()));
    }

    private final class Step extends LayerStep {
        private final Signal input;
        private final Signal output;
        private final float[] sums = new float[PackedLayout.ROWS];

        Step(Signal input, Signal output) {
            this.input = input;
            this.output = output;
        }

        @Override
        void step() {
            for (int first = 0; first < output.size; first += PackedLayout.ROWS) {
                System.arraycopy(bias, first, sums, 0, PackedLayout.ROWS);
                long base = (long) first * Float.BYTES * input.size;
                VectorProductFp32.add(weights, base, input.values, input.size, sums);
                int rows = Math.min(PackedLayout.ROWS, output.size - first);
                for (int row = 0; row < rows; row++) {
                    output.values[first + row] = ScalarDense.activate(dense.activation(), sums[row]);
                }
            }
        }

        @Override
        Signal output() {
            return output;
        }
    }
}
