package dev.adze.compress.train;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** What a training step minimises. */
public interface Objective {
    /**
     * @param forward of the network under training
     * @param targets {@code [batch, steps, targets]}, NaN where there is none
     * @param windows indices of the batch's windows, for look-ups such as a teacher's outputs
     * @param count   how many of {@code windows} are in use
     * @return a scalar
     */
    Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count);

    /**
     * Told before every step how far the training is, for settings that change on the way.
     *
     * @param done 0 at the first step, 1 at the last
     */
    default void progress(double done) {}

    /** Whether the weights, as they now are, may be kept as the best: not on the way to a shape that is still to come. */
    default boolean judged() {
        return true;
    }

    /** Parameters of the objective itself that are trained along, such as a hint's projection. */
    default List<Tensor> parameters() {
        return List.of();
    }
}
