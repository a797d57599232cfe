package dev.adze.compress.distill;

import dev.adze.compress.train.Losses;
import dev.adze.compress.train.TorchNetwork;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * What of a teacher's pass over a window is kept for the student, in this order: outputs of the counted steps
 * {@code [countedSteps, outputs]}, the last recurrent layer's hidden state after the last step {@code [hidden]}, its cell
 * state {@code [cell]}, and its energy profile {@code [profileSteps]}. A part of length 0 is not kept.
 *
 * @param countedSteps the newest steps, whose outputs count
 */
public record TeacherView(int countedSteps, int outputs, int hidden, int cell, int profileSteps) {
    int outputFloats() {
        return countedSteps * outputs;
    }

    int floats() {
        return outputFloats() + hidden + cell + profileSteps;
    }

    int hiddenOffset() {
        return outputFloats();
    }

    int cellOffset() {
        return outputFloats() + hidden;
    }

    int profileOffset() {
        return outputFloats() + hidden + cell;
    }

    /** One row a window: the outputs averaged over the teachers, the states of the first. */
    public Tensor rows(List<TorchNetwork.Forward> teachers) {
        Tensor mean = null;
        for (TorchNetwork.Forward teacher : teachers) {
            Tensor own = Losses.countedSteps(teacher.outputs(), (int) teacher.outputs().size(1) - countedSteps);
            mean = mean == null ? own : mean.add(own);
        }
        var parts = new ArrayList<Tensor>();
        parts.add(mean.div(new Scalar((double) teachers.size())).flatten(1, -1));
        TorchNetwork.Forward first = teachers.getFirst();
        if (hidden > 0) {
            parts.add(lastHidden(first));
        }
        if (cell > 0) {
            parts.add(first.lastCells().getLast());
        }
        if (profileSteps > 0) {
            parts.add(profile(first));
        }
        return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 1);
    }

    /** Of the last recurrent layer after the last step, {@code [batch, hidden]}. */
    static Tensor lastHidden(TorchNetwork.Forward forward) {
        Tensor states = forward.hidden().getLast();
        return states.select(1, states.size(1) - 1);
    }

    /** Mean squared hidden value at every step, scaled to length 1 over the window: {@code [batch, steps]}. */
    static Tensor profile(TorchNetwork.Forward forward) {
        Tensor energy = forward.hidden().getLast().square().mean(2);
        Tensor length = energy.square().sum(1).sqrt().clamp_min(new Scalar(1e-12));
        return energy.div(length.unsqueeze(1));
    }
}
