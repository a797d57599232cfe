package dev.adze.compress.train;

import dev.adze.runtime.AdzeException;

/**
 * How a network is trained; the same block of a recipe serves teacher and student.
 *
 * @param epochs         passes over the training windows, at most
 * @param batchSize      windows a step
 * @param stepsPerEpoch  steps after which an epoch counts as done although windows are left; 0 for all windows
 * @param learningRate   peak of the schedule
 * @param warmUpEpochs   length of the linear warm-up; the rest is a cosine decay
 * @param finalRate      last learning rate as a fraction of the peak
 * @param weightDecay    decoupled (AdamW, Loshchilov and Hutter 2019)
 * @param clipNorm       largest global gradient norm; larger ones are scaled down
 * @param dropout        between layers, [0, 1)
 * @param inputNoise     standard deviation of Gaussian noise added to the (scaled) features while training
 * @param inputOffset    standard deviation of an offset a window and channel, constant over the window
 * @param loss           see {@link Loss}
 * @param huberDelta     where Huber's loss turns from square to line, in scaled target units
 * @param lossFromStep   steps of a window before this one warm the state up and do not count in the loss
 * @param patience       epochs without a better validation metric before training stops
 * @param weightAverage  decay a step of the exponential moving average of the weights that is validated and kept
 *                       (Polyak and Juditsky 1992); 0 keeps the last weights
 */
public record TrainSpec(
        int epochs,
        int batchSize,
        int stepsPerEpoch,
        double learningRate,
        double warmUpEpochs,
        double finalRate,
        double weightDecay,
        double clipNorm,
        double dropout,
        double inputNoise,
        double inputOffset,
        Loss loss,
        double huberDelta,
        int lossFromStep,
        int patience,
        double weightAverage) {

    /** What is minimised over all outputs and counted steps. */
    public enum Loss { MSE, HUBER, CROSS_ENTROPY }

    public TrainSpec {
        require(epochs >= 1 && batchSize >= 1 && stepsPerEpoch >= 0, "epochs and batchSize must be 1 or more");
        require(learningRate > 0 && warmUpEpochs >= 0 && finalRate >= 0 && finalRate <= 1,
                "learningRate must be above 0, warmUpEpochs 0 or more, finalRate 0 to 1");
        require(weightDecay >= 0 && clipNorm > 0 && inputNoise >= 0 && inputOffset >= 0,
                "weightDecay, inputNoise and inputOffset must be 0 or more, clipNorm above 0");
        require(dropout >= 0 && dropout < 1 && weightAverage >= 0 && weightAverage < 1,
                "dropout and weightAverage must be at least 0 and below 1");
        require(huberDelta > 0 && lossFromStep >= 0 && patience >= 1,
                "huberDelta must be above 0, lossFromStep 0 or more, patience 1 or more");
    }

    private static void require(boolean ok, String what) {
        if (!ok) {
            throw new AdzeException(AdzeException.Kind.USAGE, "training settings: " + what);
        }
    }
}
