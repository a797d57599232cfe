package dev.adze.compress.pipeline;

import dev.adze.compress.report.Sensitivity;
import dev.adze.compress.train.SpreadWindows;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.session.RecurrentState;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a network remembers what quantization did to one step: of validation windows all steps are computed in fp32 but the
 * one {@code lag} steps before the last, which is computed with the quantized network's integers and digits, in the same state.
 * The figure is the root mean square of what that moves the window's last output by, in scaled units.
 *
 * @param windows spread over the validation part
 */
record LagSensitivity(Windows windows) {
    private static final int WINDOWS = 128;

    static LagSensitivity of(Windows validation) {
        return new LagSensitivity(new SpreadWindows(validation, WINDOWS));
    }

    /** At lags 0, 1, 2, 4, … up to a window; empty for networks that cannot be run step by step. */
    List<Sensitivity.Lag> of(NetworkTensors fp32, NetworkTensors quantized) {
        if (!fp32.network().causal()) {
            return List.of();
        }
        var lags = new ArrayList<Integer>(List.of(0));
        for (int lag = 1; lag < windows.windowSteps(); lag *= 2) {
            lags.add(lag);
        }
        double[] squares = new double[lags.size()];
        try (var exact = CompiledNetwork.compile(fp32); var rounded = CompiledNetwork.compile(quantized)) {
            var run = new Run(exact.newRunner(), rounded.newRunner(), fp32);
            for (int window = 0; window < windows.size(); window++) {
                run.load(window);
                for (int i = 0; i < squares.length; i++) {
                    squares[i] += run.squares(lags.get(i));
                }
            }
        }
        var all = new ArrayList<Sensitivity.Lag>();
        for (int i = 0; i < squares.length; i++) {
            all.add(new Sensitivity.Lag(lags.get(i), Math.sqrt(squares[i] / ((double) windows.size() * fp32.network().outputSize()))));
        }
        return List.copyOf(all);
    }

    private final class Run {
        private final StepRunner exact;
        private final StepRunner rounded;
        private final float[] features = new float[windows.windowSteps() * windows.featureCount()];
        private final float[] targets = new float[windows.windowSteps() * windows.targetCount()];
        private final float[][] states; // before every step, in fp32
        private final float[] moved;
        private final float[] expected;
        private final float[] output;

        Run(StepRunner exact, StepRunner rounded, NetworkTensors fp32) {
            this.exact = exact;
            this.rounded = rounded;
            moved = new float[RecurrentState.size(fp32.network())];
            states = new float[windows.windowSteps()][moved.length];
            expected = new float[fp32.network().outputSize()];
            output = new float[expected.length];
        }

        void load(int window) {
            windows.fill(new int[] {window}, 1, features, targets);
            exact.reset();
            for (int t = 0; t < states.length; t++) {
                exact.copyStateTo(states[t]);
                step(exact, t, expected);
            }
        }

        double squares(int lag) {
            int at = states.length - 1 - lag;
            rounded.copyStateFrom(states[at]);
            step(rounded, at, output);
            rounded.copyStateTo(moved);
            exact.copyStateFrom(moved);
            for (int t = at + 1; t < states.length; t++) {
                step(exact, t, output);
            }
            double sum = 0;
            for (int o = 0; o < output.length; o++) {
                sum += ((double) output[o] - expected[o]) * ((double) output[o] - expected[o]);
            }
            return sum;
        }

        private void step(StepRunner runner, int t, float[] into) {
            runner.step(features, t * windows.featureCount(), into);
        }
    }
}
