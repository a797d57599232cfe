package dev.adze.compress.train;

/**
 * What is particular to the training of recurrent layers.
 *
 * @param zoneoutHidden  probability that a hidden value keeps its last step's value (zoneout, Krueger et al. 2017), [0, 1). It
 *                       falls on a line to 0 at the last step of the training, since the device runs layers without it
 * @param zoneoutCell    the same for the cell states of LSTMs
 * @param pretrainEpochs epochs for which each recurrent layer but the last is trained alone, on the trained and fixed layers
 *                       before it and under the network's own head, before all are trained together (Bengio et al. 2007);
 *                       0 for none
 * @param carryState     truncated back-propagation through time (Williams and Peng 1990): windows are taken one after another
 *                       along the series and start from the state in which the one before ended, in training and validation
 */
public record RecurrentTraining(double zoneoutHidden, double zoneoutCell, int pretrainEpochs, boolean carryState) {
    public static final RecurrentTraining PLAIN = new RecurrentTraining(0, 0, 0, false);

    public RecurrentTraining {
        TrainSpec.require(zoneoutHidden >= 0 && zoneoutHidden < 1 && zoneoutCell >= 0 && zoneoutCell < 1,
                "zoneoutHidden and zoneoutCell must be at least 0 and below 1");
        TrainSpec.require(pretrainEpochs >= 0, "pretrainEpochs must be 0 or more");
    }
}
