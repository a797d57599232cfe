package dev.adze.compress.train;

import java.util.List;

/**
 * Where a run stands; everything random derives from the seed and {@code step}, so this resumes it exactly.
 *
 * @param step            optimizer steps done
 * @param lossSum         of the steps of the running epoch
 * @param bestMetric      lowest validation metric so far
 * @param epochsSinceBest for early stopping
 * @param millis          time spent training so far, over all sittings
 * @param curve           finished epochs
 */
record TrainingState(
        long step, double lossSum, double bestMetric, int epochsSinceBest, long millis, List<Epoch> curve) {
    TrainingState {
        curve = List.copyOf(curve);
    }

    static final TrainingState START = new TrainingState(0, 0, Double.MAX_VALUE, 0, 0, List.of());
}
