package dev.adze.runtime.kernel;

import java.util.Arrays;

/**
 * The step of an LSTM layer without its arithmetic: carried state, its digits, and the order of events. A kernel
 * supplies {@link #computeUnits}, which reads the old h and writes the new one beside it.
 */
abstract class LstmStep extends LayerStep {
    final Signal input;
    final int hiddenSize;
    /** h of the last step, and its digits in an int8 network; what the next layer reads. */
    final Signal hidden;
    final float[] cell;
    final float[] nextHidden;

    /**
     * @param capacity units including padding; padded units stay zero
     * @param int8     whether h is also kept as digits
     * @param pairs    whether digits are also kept as {@link DigitPairs}
     */
    LstmStep(Signal input, int hiddenSize, int capacity, boolean int8, boolean pairs) {
        this.input = input;
        this.hiddenSize = hiddenSize;
        int digitCapacity = (capacity + 3) / 4 * 4;
        hidden = new Signal(hiddenSize, new float[capacity], int8 ? new int[digitCapacity] : null,
                int8 && pairs ? new DigitPairs(hiddenSize) : null);
        cell = new float[capacity];
        nextHidden = new float[capacity];
    }

    /** From {@code input}, {@code hidden} and {@code cell}: the new {@code cell}, and new h in {@code nextHidden}. */
    abstract void computeUnits();

    @Override
    final void step() {
        computeUnits();
        System.arraycopy(nextHidden, 0, hidden.values, 0, hiddenSize);
        quantizeHidden();
    }

    /** Brings the digits of {@code hidden} up to its values. */
    private void quantizeHidden() {
        if (hidden.digits == null) {
            return;
        }
        for (int k = 0; k < hiddenSize; k++) {
            hidden.digits[k] = Digits.ofHidden(hidden.values[k]);
        }
        if (hidden.pairs != null) {
            hidden.pairs.pack(hidden.digits);
        }
    }

    @Override
    final Signal output() {
        return hidden;
    }

    @Override
    final int stateSize() {
        return 2 * hiddenSize;
    }

    @Override
    final void reset() {
        Arrays.fill(hidden.values, 0);
        Arrays.fill(cell, 0);
        quantizeHidden();
    }

    @Override
    final void copyStateTo(float[] state, int offset) {
        System.arraycopy(hidden.values, 0, state, offset, hiddenSize);
        System.arraycopy(cell, 0, state, offset + hiddenSize, hiddenSize);
    }

    @Override
    final void copyStateFrom(float[] state, int offset) {
        System.arraycopy(state, offset, hidden.values, 0, hiddenSize);
        System.arraycopy(state, offset + hiddenSize, cell, 0, hiddenSize);
        quantizeHidden();
    }
}
