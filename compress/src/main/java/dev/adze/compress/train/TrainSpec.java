package dev.adze.compress.train;

import dev.adze.runtime.AdzeException;
import java.util.List;

/**
 * How a network is trained; the same block of a recipe serves teacher and student.
 *
 * @param epochs             passes over the training windows, at most
 * @param batchSize          windows a forward and backward pass
 * @param accumulate         batches whose gradients are averaged before the optimizer takes a step
 * @param stepsPerEpoch      optimizer steps after which an epoch counts as done although windows are left; 0 for all windows
 * @param learningRate       peak of the schedule
 * @param schedule           see {@link Schedule}
 * @param warmUpEpochs       length of the linear warm-up
 * @param cycleEpochs        CYCLIC: length of one rise and fall
 * @param finalRate          last (CYCLIC: lowest) learning rate as a fraction of the peak
 * @param weightDecay        decoupled (AdamW, Loshchilov and Hutter 2019)
 * @param l2                 adds {@code l2 / 2 * |weights|^2} to the loss, and so {@code l2 * weights} to the gradient
 * @param clipNorm           largest global gradient norm; larger ones are scaled down
 * @param clipValue          largest magnitude of one gradient value, before {@code clipNorm}; 0 for any
 * @param dropout            between layers, [0, 1)
 * @param finalDropout       the rate at the last step, reached on a line from {@code dropout}; -1 for no change
 * @param variationalDropout whether all steps of a window share one mask (Gal and Ghahramani 2016)
 * @param augment            see {@link Augmentation}
 * @param recurrent          see {@link RecurrentTraining}
 * @param autocast           see {@link Autocast}
 * @param loss               see {@link Loss}
 * @param huberDelta         where Huber's loss turns from square to line, in scaled target units
 * @param quantile           of QUANTILE, (0, 1)
 * @param focalGamma         of FOCAL; 0 is the cross-entropy
 * @param classWeights       a factor a class in CROSS_ENTROPY and FOCAL; empty for all alike
 * @param lossFromStep       steps of a window before this one warm the state up and do not count in the loss
 * @param patience           epochs without a better validation metric before training stops
 * @param weightAverage      decay a step of the exponential moving average of the weights that is validated and kept
 *                           (Polyak and Juditsky 1992); 0 keeps the last weights
 */
public record TrainSpec(
        int epochs,
        int batchSize,
        int accumulate,
        int stepsPerEpoch,
        double learningRate,
        Schedule schedule,
        double warmUpEpochs,
        double cycleEpochs,
        double finalRate,
        double weightDecay,
        double l2,
        double clipNorm,
        double clipValue,
        double dropout,
        double finalDropout,
        boolean variationalDropout,
        Augmentation augment,
        RecurrentTraining recurrent,
        Autocast autocast,
        Loss loss,
        double huberDelta,
        double quantile,
        double focalGamma,
        List<Double> classWeights,
        int lossFromStep,
        int patience,
        double weightAverage) {

    /** How the learning rate changes; see {@link LearningRate}. */
    public enum Schedule { COSINE, CONSTANT, CYCLIC, ONE_CYCLE }

    /** What is minimised over all outputs and counted steps; see {@link Losses}. */
    public enum Loss {
        MSE, HUBER, QUANTILE, CROSS_ENTROPY, FOCAL;

        /** Whether targets are class numbers. */
        public boolean classifies() {
            return this == CROSS_ENTROPY || this == FOCAL;
        }
    }

    public TrainSpec {
        classWeights = List.copyOf(classWeights);
        require(epochs >= 1 && batchSize >= 1 && accumulate >= 1 && stepsPerEpoch >= 0,
                "epochs, batchSize and accumulate must be 1 or more, stepsPerEpoch 0 or more");
        require(learningRate > 0 && warmUpEpochs >= 0 && cycleEpochs > 0 && finalRate >= 0 && finalRate <= 1,
                "learningRate and cycleEpochs must be above 0, warmUpEpochs 0 or more, finalRate 0 to 1");
        require(weightDecay >= 0 && l2 >= 0 && clipNorm > 0 && clipValue >= 0,
                "weightDecay, l2 and clipValue must be 0 or more, clipNorm above 0");
        require(dropout >= 0 && dropout < 1 && weightAverage >= 0 && weightAverage < 1,
                "dropout and weightAverage must be at least 0 and below 1");
        require(finalDropout == -1 || finalDropout >= 0 && finalDropout < 1,
                "finalDropout must be at least 0 and below 1, or -1 for no change");
        require(huberDelta > 0 && quantile > 0 && quantile < 1 && focalGamma >= 0,
                "huberDelta must be above 0, quantile between 0 and 1, focalGamma 0 or more");
        require(classWeights.stream().allMatch(w -> w >= 0) && (classWeights.isEmpty() || loss.classifies()),
                "classWeights must be 0 or more, and belong to the losses cross-entropy and focal");
        require(!recurrent.carryState() || lossFromStep == 0,
                "with carryState a window's first steps are warm already; set lossFromStep: 0");
        require(lossFromStep >= 0 && patience >= 1, "lossFromStep must be 0 or more, patience 1 or more");
    }

    /**
     * Settings for going on from trained weights: other length and rate, all epochs of it, single precision, and no dropout,
     * whose scaled values do not fit the digits of a quantized network.
     */
    public TrainSpec fineTuning(int epochs, double learningRate) {
        return new TrainSpec(epochs, batchSize, accumulate, stepsPerEpoch, learningRate, Schedule.COSINE,
                Math.min(0.5, 0.1 * epochs), cycleEpochs, finalRate, weightDecay, l2, clipNorm, clipValue, 0, -1, false, augment,
                new RecurrentTraining(0, 0, 0, recurrent.carryState()), Autocast.NONE, loss, huberDelta, quantile,
                focalGamma, classWeights, lossFromStep, epochs, weightAverage);
    }

    /** The dropout rate at {@code step} of {@code totalSteps}. */
    double dropoutAt(long step, long totalSteps) {
        return finalDropout < 0 ? dropout : dropout + (finalDropout - dropout) * step / Math.max(1, totalSteps - 1);
    }

    /** What is left at {@code step} of {@code totalSteps} of a rate that falls to 0. */
    double left(double rate, long step, long totalSteps) {
        return rate * (1 - step / (double) Math.max(1, totalSteps - 1));
    }

    /** Settings of one layer's pre-training. */
    public TrainSpec pretraining() {
        return new TrainSpec(recurrent.pretrainEpochs(), batchSize, accumulate, stepsPerEpoch, learningRate, schedule, warmUpEpochs,
                cycleEpochs, finalRate, weightDecay, l2, clipNorm, clipValue, dropout, -1, variationalDropout, augment,
                new RecurrentTraining(recurrent.zoneoutHidden(), recurrent.zoneoutCell(), 0, recurrent.carryState()), autocast, loss,
                huberDelta, quantile, focalGamma, classWeights, lossFromStep, recurrent.pretrainEpochs(), weightAverage);
    }

    static void require(boolean ok, String what) {
        if (!ok) {
            throw new AdzeException(AdzeException.Kind.USAGE, "training settings: " + what);
        }
    }
}
