package dev.adze.runtime.session;

import dev.adze.runtime.preprocess.PreprocessorState;
import java.util.Arrays;

/**
 * Everything that a {@link ModelSession}'s next outputs depend on besides the next raw values, to be kept over a restart.
 *
 * @param stepsSeen    since the start or the last reset
 * @param window       the features it holds: {@code [windowSteps, featureCount]}, of a stream one step; a copy is taken
 * @param recurrent    of the network
 * @param preprocessor of the preprocessing
 * @param errors       of the anomaly score; {@link ErrorsState#NONE} lets it begin afresh
 */
public record SessionState(long stepsSeen, float[] window, RecurrentState recurrent, PreprocessorState preprocessor, ErrorsState errors) {
    public SessionState {
        window = window.clone();
    }

    /** A state whose anomaly score begins afresh. */
    public SessionState(long stepsSeen, float[] window, RecurrentState recurrent, PreprocessorState preprocessor) {
        this(stepsSeen, window, recurrent, preprocessor, ErrorsState.NONE);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionState(long n, float[] w, RecurrentState r, PreprocessorState p, ErrorsState e) && stepsSeen == n
                && Arrays.equals(window, w) && recurrent.equals(r) && preprocessor.equals(p) && errors.equals(e);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(stepsSeen) + 31 * (Arrays.hashCode(window) + 31 * (recurrent.hashCode() + 31 * (preprocessor.hashCode() + 31 * errors.hashCode())));
    }
}
