package dev.adze.compress.train;

import java.util.List;

/** Training settings for tests: batches of 32, square error from step 4 on, averaged weights. */
public final class Specs {
    private Specs() {}

    public static TrainSpec of(int epochs, double learningRate, int patience, double weightDecay, double dropout,
            Augmentation augment) {
        return new TrainSpec(epochs, 32, 1, 0, learningRate, TrainSpec.Schedule.COSINE, 0.5, 2, 0.05, weightDecay, 0, 1, 0,
                dropout, -1, false, augment, RecurrentTraining.PLAIN, Autocast.NONE, TrainSpec.Loss.MSE, 1, 0.5, 2, List.of(), 4, patience, 0.9);
    }

    /** With other settings of the recurrent part. */
    public static TrainSpec with(TrainSpec s, RecurrentTraining recurrent, Autocast autocast) {
        return new TrainSpec(s.epochs(), s.batchSize(), s.accumulate(), s.stepsPerEpoch(), s.learningRate(), s.schedule(),
                s.warmUpEpochs(), s.cycleEpochs(), s.finalRate(), s.weightDecay(), s.l2(), s.clipNorm(), s.clipValue(),
                s.dropout(), s.finalDropout(), s.variationalDropout(), s.augment(), recurrent, autocast, s.loss(), s.huberDelta(),
                s.quantile(), s.focalGamma(), s.classWeights(), s.lossFromStep(), s.patience(), s.weightAverage());
    }
}
