package dev.adze.compress.pipeline;

import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.SpreadWindows;
import dev.adze.compress.train.TrainSpec;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.session.Session;
import java.util.stream.IntStream;

/**
 * The validation metric of stored weights, by the edge runtime step by step from zero state in every window; of networks
 * that cannot be streamed and for losses other than squares, by LibTorch with the weights' rounded values.
 */
record ValidationJudge(Windows validation, TrainSpec spec) {
    /** Spread evenly: as many tell the error to well under 1 % of itself. */
    private static final int MOST_WINDOWS = 4_096;

    /** Over fewer windows, for many networks that are compared with each other. */
    private static final int SOME_WINDOWS = 1_024;

    /** Over so many windows at most that comparing a dozen networks takes little time. */
    static ValidationJudge ofSome(Windows validation, TrainSpec spec) {
        return new ValidationJudge(new SpreadWindows(validation, SOME_WINDOWS), spec);
    }

    double error(NetworkTensors tensors) {
        boolean squares = spec.loss() == TrainSpec.Loss.MSE || spec.loss() == TrainSpec.Loss.HUBER;
        return tensors.network().causal() && squares ? byRuntime(tensors) : byTorch(tensors);
    }

    private double byTorch(NetworkTensors tensors) {
        try (var torch = new TorchNetwork(tensors.network(), 0, 0)) {
            torch.load(tensors.toWeights());
            return Evaluation.metric(torch, validation, spec);
        }
    }

    private double byRuntime(NetworkTensors tensors) {
        int steps = validation.windowSteps();
        float[] features = new float[steps * validation.featureCount()];
        float[] targets = new float[steps * validation.targetCount()];
        float[] input = new float[validation.featureCount()];
        float[] output = new float[validation.targetCount()];
        double squares = 0;
        long counted = 0;
        int windows = Math.min(MOST_WINDOWS, validation.size());
        try (var network = CompiledNetwork.compile(tensors); var session = new Session(network)) {
            for (int w : IntStream.range(0, windows).map(i -> (int) ((long) i * validation.size() / windows)).toArray()) {
                validation.fill(new int[] {w}, 1, features, targets);
                session.reset();
                for (int t = 0; t < steps; t++) {
                    System.arraycopy(features, t * input.length, input, 0, input.length);
                    session.infer(input, output);
                    for (int o = 0; o < output.length && t >= spec.lossFromStep(); o++) {
                        float target = targets[t * output.length + o];
                        if (!Float.isNaN(target)) {
                            squares += (output[o] - target) * (double) (output[o] - target);
                            counted++;
                        }
                    }
                }
            }
        }
        return Math.sqrt(squares / counted);
    }
}
