package dev.adze.runtime.kernel;

import java.util.Arrays;

/**
 * {@link dev.adze.runtime.model.ProjectedLstm} over any {@link MatrixProduct}, gates stacked i, f, g, o. What the cells give
 * has digits; the projection of it, h, is real-valued.
 */
record ProjectedLstmLayer(int cellSize, int hiddenSize, MatrixProduct inputProduct, MatrixProduct hiddenProduct,
        MatrixProduct projection, float[] bias, Activations activations, boolean int8, boolean pairs)
        implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends LayerStep {
        private final Signal hidden = Signal.ofValues(hiddenSize, hiddenSize);
        private final Signal cellOutput = Signal.ofHidden(cellSize, cellSize, int8, pairs);
        private final MatrixProduct.OfSignal ofInput;
        private final MatrixProduct.OfSignal ofHidden = hiddenProduct.with(hidden);
        private final MatrixProduct.OfSignal ofCells = projection.with(cellOutput);
        private final float[] cell = new float[cellSize];
        private final float[] z = new float[4 * cellSize];
        private final float[] zero = new float[hiddenSize];

        Step(Signal input) {
            ofInput = inputProduct.with(input);
        }

        @Override
        void step() {
            ofInput.add(bias, z);
            ofHidden.add(z, z);
            activations.sigmoid(z, 0, 2 * cellSize);
            activations.tanh(z, 2 * cellSize, cellSize);
            activations.sigmoid(z, 3 * cellSize, cellSize);
            for (int unit = 0; unit < cellSize; unit++) {
                cell[unit] = Math.fma(z[cellSize + unit], cell[unit], z[unit] * z[2 * cellSize + unit]);
                cellOutput.values[unit] = cell[unit];
            }
            activations.tanh(cellOutput.values, 0, cellSize);
            for (int unit = 0; unit < cellSize; unit++) {
                cellOutput.values[unit] = z[3 * cellSize + unit] * cellOutput.values[unit];
            }
            cellOutput.refreshDigits();
            ofCells.add(zero, hidden.values);
        }

        @Override
        Signal output() {
            return hidden;
        }

        @Override
        int stateSize() {
            return hiddenSize + cellSize;
        }

        @Override
        void reset() {
            Arrays.fill(hidden.values, 0);
            Arrays.fill(cell, 0);
        }

        @Override
        void copyStateTo(float[] state, int offset) {
            System.arraycopy(hidden.values, 0, state, offset, hiddenSize);
            System.arraycopy(cell, 0, state, offset + hiddenSize, cellSize);
        }

        @Override
        void copyStateFrom(float[] state, int offset) {
            System.arraycopy(state, offset, hidden.values, 0, hiddenSize);
            System.arraycopy(state, offset + hiddenSize, cell, 0, cellSize);
        }
    }
}
