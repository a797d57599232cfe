package dev.adze.compress.pipeline;

import dev.adze.compress.train.SpreadWindows;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.session.RecurrentState;
import java.util.List;

/**
 * How many of a network's multiply-accumulates need no repeating from step to step, since the digits that they multiply stand
 * still: counted from the digits in the carried state, by groups of four columns as the native kernel leaves them out, whatever
 * kernel runs here.
 */
record StandingStill(Windows windows) {
    private static final int WINDOWS = 128;
    private static final int GROUP = 4;

    static StandingStill of(Windows validation) {
        return new StandingStill(new SpreadWindows(validation, WINDOWS));
    }

    /** @return share of all multiply-accumulates of the network, from 0 to 1 */
    double share(NetworkTensors tensors) {
        float[] features = new float[windows.windowSteps() * windows.featureCount()];
        float[] targets = new float[windows.windowSteps() * windows.targetCount()];
        float[] output = new float[tensors.network().outputSize()];
        float[] before = new float[RecurrentState.size(tensors.network())];
        float[] after = new float[before.length];
        long still = 0;
        try (var network = CompiledNetwork.compile(tensors)) {
            var runner = network.newRunner();
            for (int window = 0; window < windows.size(); window++) {
                windows.fill(new int[] {window}, 1, features, targets);
                runner.reset();
                for (int t = 0; t < windows.windowSteps(); t++) {
                    runner.copyStateTo(before);
                    runner.step(features, t * windows.featureCount(), output);
                    runner.copyStateTo(after);
                    still += still(tensors, before, after);
                }
            }
        }
        return (double) still / ((double) windows.size() * windows.windowSteps() * tensors.network().multiplyAccumulates());
    }

    /** Of the step after this one in the layer itself, and of this one in the layer after it: each once a step. */
    private static long still(NetworkTensors tensors, float[] before, float[] after) {
        List<Layer> layers = tensors.network().layers();
        long still = 0;
        int offset = 0;
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) instanceof Lstm lstm && lstm.hold() > 0 && tensors.precisions().integers(i)) {
                int digits = offset + 2 * lstm.hiddenSize();
                long rows = 4L * lstm.hiddenSize();
                if (i + 1 < layers.size() && layers.get(i + 1) instanceof Lstm next && tensors.precisions().integers(i + 1)) {
                    rows += 4L * next.hiddenSize();
                }
                for (int k = 0; k < lstm.hiddenSize(); k += GROUP) {
                    int end = Math.min(k + GROUP, lstm.hiddenSize());
                    boolean moved = false;
                    for (int j = k; j < end; j++) {
                        moved |= before[digits + j] != after[digits + j];
                    }
                    still += moved ? 0 : rows * (end - k);
                }
            }
            offset += layers.get(i).stateSize();
        }
        return still;
    }
}
