package dev.adze.runtime.session;

import dev.adze.runtime.model.RecurrentNetwork;
import java.util.Arrays;

/**
 * A network's recurrent state between two steps, to be kept over a restart.
 *
 * @param values for every layer in order: LSTM h {@code [hiddenSize]}, then c {@code [hiddenSize]}, then, with hold,
 *               its digits; GRU h; pooling layers and convolutions as
 *               they describe themselves; a copy is taken
 */
public record RecurrentState(float[] values) {
    public RecurrentState {
        values = values.clone();
    }

    /** Length of {@link #values} for a network. */
    public static int size(RecurrentNetwork network) {
        return network.stateSize();
    }

    /**
     * This state grown less: every value times {@code share}. For networks of recurrent layers without hold and convolutions, whose
     * values are hidden values, cell values and inputs.
     *
     * @param share 0 to 1
     */
    public RecurrentState faded(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of " + share);
        }
        float[] faded = new float[values.length];
        for (int i = 0; i < faded.length; i++) {
            faded[i] = (float) (share * values[i]);
        }
        return new RecurrentState(faded);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecurrentState(float[] otherValues) && Arrays.equals(values, otherValues);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "RecurrentState[" + values.length + " values, hash " + hashCode() + "]";
    }
}
