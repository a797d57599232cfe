package dev.adze.compress.train;

import org.bytedeco.pytorch.Tensor;

/** The task's own targets. */
public record SupervisedObjective(TrainSpec spec) implements Objective {
    @Override
    public Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count) {
        return Losses.task(spec, Losses.countedSteps(forward.outputs(), spec.lossFromStep()),
                Losses.countedSteps(targets, spec.lossFromStep()));
    }
}
