package dev.adze.compress.train;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What one forward pass brings along beside its input, and what it collects: recurrent parts take the states that they start
 * from and give those that they end in, in the order of the layers.
 */
final class Pass {
    private final Tensor features;
    private final List<Tensor> start;
    private final double zoneoutHidden;
    private final double zoneoutCell;
    private final List<Tensor> end = new ArrayList<>();
    private final List<Tensor> lastCells = new ArrayList<>();

    /**
     * @param features      what the network reads, {@code [batch, steps, inputs]}
     * @param start         states of an earlier pass's {@link #end}; empty for zero states
     * @param zoneoutHidden probability that a hidden value keeps its last step's value; 0 outside training
     * @param zoneoutCell   the same for a cell state
     */
    Pass(Tensor features, List<Tensor> start, double zoneoutHidden, double zoneoutCell) {
        this.features = features;
        this.start = start;
        this.zoneoutHidden = zoneoutHidden;
        this.zoneoutCell = zoneoutCell;
    }

    Tensor features() {
        return features;
    }

    /** The state {@code [batch, size]} that a part starts from; to be followed by one {@link #end} in the same order. */
    Tensor start(long batch, long size, int index) {
        return start.isEmpty() ? torch.zeros(batch, size) : start.get(end.size() + index);
    }

    /** The states that a part ended in, as many as it started from. */
    void end(Tensor... states) {
        end.addAll(List.of(states));
    }

    /** The cell state after the last step, of a plain LSTM. */
    void lastCell(Tensor cell) {
        lastCells.add(cell);
    }

    List<Tensor> ended() {
        return end;
    }

    List<Tensor> lastCells() {
        return lastCells;
    }

    /** Whether parts must go step by step. */
    boolean zonesOut() {
        return zoneoutHidden > 0 || zoneoutCell > 0;
    }

    /** Zoneout (Krueger et al. 2017): some hidden values stay as they were. */
    Tensor hidden(Tensor last, Tensor next) {
        return kept(last, next, zoneoutHidden);
    }

    /** The same for cell states. */
    Tensor cell(Tensor last, Tensor next) {
        return kept(last, next, zoneoutCell);
    }

    private static Tensor kept(Tensor last, Tensor next, double rate) {
        return rate == 0 ? next : torch.where(torch.rand_like(next).lt(new Scalar(rate)), last, next);
    }
}
