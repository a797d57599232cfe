package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Lstm;
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
    /** {@link Lstm#hold}. */
    private final int hold;

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

    /** As above for a layer whose digits may be held. */
    RecurrentStep(Signal input, Lstm lstm, int capacity, boolean digits, boolean pairs) {
        this(input, lstm.hiddenSize(), capacity, true, digits, pairs, lstm.hold());
    }

    /** @param cells whether there is a c beside h */
    RecurrentStep(Signal input, int hiddenSize, int capacity, boolean cells, boolean int8, boolean pairs) {
        this(input, hiddenSize, capacity, cells, int8, pairs, 0);
    }

    private RecurrentStep(Signal input, int hiddenSize, int capacity, boolean cells, boolean int8, boolean pairs, int hold) {
        this.input = input;
        this.hold = hold;
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
        hidden.refreshDigits(hold);
    }

    @Override
    final Signal output() {
        return hidden;
    }

    @Override
    final int stateSize() {
        return (cell.length == 0 ? 1 : hold == 0 ? 2 : 3) * hiddenSize;
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
        for (int k = 0; hold > 0 && k < hiddenSize; k++) {
            state[offset + 2 * hiddenSize + k] = hidden.digits == null ? 0 : hidden.digits[k];
        }
    }

    @Override
    final void copyStateFrom(float[] state, int offset) {
        System.arraycopy(state, offset, hidden.values, 0, hiddenSize);
        if (cell.length > 0) {
            System.arraycopy(state, offset + hiddenSize, cell, 0, hiddenSize);
        }
        hidden.refreshDigits();
        if (hold > 0 && hidden.digits != null) {
            for (int k = 0; k < hiddenSize; k++) {
                hidden.digits[k] = Digits.ofState(state[offset + 2 * hiddenSize + k]);
            }
            hidden.packDigits();
        }
    }
}
