package dev.adze.compress.train;

import org.bytedeco.pytorch.Tensor;

/** The task's own targets. */
public record SupervisedObjective(TrainSpec.Loss loss, double huberDelta, int lossFromStep) implements Objective {
    @Override
    public Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count) {
        Tensor outputs = Losses.countedSteps(forward.outputs(), lossFromStep);
        Tensor wanted = Losses.countedSteps(targets, lossFromStep);
        return loss == TrainSpec.Loss.CROSS_ENTROPY
                ? Losses.crossEntropy(outputs, wanted)
                : Losses.regression(loss, huberDelta, outputs, wanted);
    }
}
