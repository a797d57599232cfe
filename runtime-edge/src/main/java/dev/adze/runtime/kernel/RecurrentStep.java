package dev.adze.runtime.kernel;

import java.util.Arrays;

/**
 * The step of a recurrent layer without its arithmetic: carried state, its digits, and the order of events. A kernel
 * supplies {@link #computeUnits}, which reads the old h and writes the new one beside it.
 */
abstract class RecurrentStep extends LayerStep {
    final Signal input;
    final int hiddenSize;
    /** h of the last step, and its digits in an int8 network; what the next layer reads. */
    final Signal hidden;
    /** c of the last step; empty in a layer without. */
    final float[] cell;
    final float[] nextHidden;

    /**
     * An LSTM's step.
     *
     * @param capacity units including padding; padded units stay zero
     * @param int8     whether h is also kept as digits
     * @param pairs    whether digits are also kept as {@link DigitPairs}
     */
    RecurrentStep(Signal input, int hiddenSize, int capacity, boolean int8, boolean pairs) {
        this(input, hiddenSize, capacity, true, int8, pairs);
    }

    /** @param cells whether there is a c beside h */
    RecurrentStep(Signal input, int hiddenSize, int capacity, boolean cells, boolean int8, boolean pairs) {
        this.input = input;
        this.hiddenSize = hiddenSize;
        hidden = Signal.ofHidden(hiddenSize, capacity, int8, pairs);
        cell = new float[cells ? capacity : 0];
        nextHidden = new float[capacity];
    }

    /** From {@code input}, {@code hidden} and {@code cell}: the new {@code cell}, and new h in {@code nextHidden}. */
    abstract void computeUnits();

    @Override
    final void step() {
        computeUnits();
        System.arraycopy(nextHidden, 0, hidden.values, 0, hiddenSize);
        hidden.refreshDigits();
    }

    @Override
    final Signal output() {
        return hidden;
    }

    @Override
    final int stateSize() {
        return cell.length == 0 ? hiddenSize : 2 * hiddenSize;
    }

    @Override
    final void reset() {
        Arrays.fill(hidden.values, 0);
        Arrays.fill(cell, 0);
        hidden.refreshDigits();
    }

    @Override
    final void copyStateTo(float[] state, int offset) {
        System.arraycopy(hidden.values, 0, state, offset, hiddenSize);
        if (cell.length > 0) {
            System.arraycopy(cell, 0, state, offset + hiddenSize, hiddenSize);
        }
    }

    @Override
    final void copyStateFrom(float[] state, int offset) {
        System.arraycopy(state, offset, hidden.values, 0, hiddenSize);
        if (cell.length > 0) {
            System.arraycopy(state, offset + hiddenSize, cell, 0, hiddenSize);
        }
        hidden.refreshDigits();
    }
}
