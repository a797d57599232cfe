package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Truncated back-propagation: windows that start where the one before ended. */
class CarriedStateTest {
    private static final int STEPS = 8;

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    /** Noise, and as target its slow average since the series' start, which no window of 8 steps holds. */
    private static final class SlowAverages implements Windows {
        private final int[] lengths;
        private final float[] features;
        private final float[] targets;

        /** @param lengths of the series, in windows */
        SlowAverages(long seed, int... lengths) {
            this.lengths = lengths;
            int windows = java.util.Arrays.stream(lengths).sum();
            features = new float[windows * STEPS];
            targets = new float[windows * STEPS];
            var random = new Random(seed);
            int at = 0;
            for (int length : lengths) {
                double mean = 0;
                for (int t = 0; t < length * STEPS; t++, at++) {
                    features[at] = (float) random.nextGaussian();
                    mean += 0.03 * (features[at] - mean);
                    targets[at] = (float) (8 * mean);
                }
            }
        }

        @Override
        public int size() {
            return features.length / STEPS;
        }

        @Override
        public int follower(int window) {
            int end = 0;
            for (int length : lengths) {
                end += length;
                if (window < end) {
                    return window + 1 < end ? window + 1 : -1;
                }
            }
            return -1;
        }

        @Override
        public int windowSteps() {
            return STEPS;
        }

        @Override
        public int featureCount() {
            return 1;
        }

        @Override
        public int targetCount() {
            return 1;
        }

        @Override
        public void fill(int[] indices, int count, float[] featureBatch, float[] targetBatch) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(features, indices[i] * STEPS, featureBatch, i * STEPS, STEPS);
                System.arraycopy(targets, indices[i] * STEPS, targetBatch, i * STEPS, STEPS);
            }
        }
    }

    private static SlowAverages series(long seed, int count, int length) {
        int[] lengths = new int[count];
        java.util.Arrays.fill(lengths, length);
        return new SlowAverages(seed, lengths);
    }

    @Test
    void everyRowOfABatchWalksAlongASeries() {
        var windows = new SlowAverages(1, 5, 1, 12, 7);
        for (int lanes : new int[] {1, 2, 3, 8, 25}) {
            CarriedOrder order = CarriedOrder.of(windows, lanes, 4);
            int steps = 25 / lanes;
            assertEquals(steps * lanes, order.windows().length);
            var seen = new HashSet<Integer>();
            for (int slot = 0; slot < order.windows().length; slot++) {
                assertTrue(seen.add(order.windows()[slot]), "a window twice");
                assertTrue(order.fresh()[slot] || windows.follower(order.windows()[slot - lanes]) == order.windows()[slot],
                        lanes + " rows, slot " + slot);
            }
            assertTrue(lanes > 1 || java.util.stream.IntStream.range(0, 25).filter(i -> order.fresh()[i]).count() == 4);
        }
    }

    @Test
    void windowsWithCarriedStateGiveWhatOneLongPassGives() {
        for (Layer layer : List.of(new Lstm(9, 9), new LstmVariant(9, 9, true, true), new ProjectedLstm(9, 15, 9), new Gru(9, 9),
                new MinimalGate(9, 9), new Residual(new ProjectedLstm(9, 11, 9)))) {
            try (var network = new TorchNetwork(new RecurrentNetwork(9, List.of(new Gru(9, 9), layer)), 0, 3);
                    var _ = new PointerScope(); var _ = new NoGradGuard()) {
                Tensor x = torch.randn(3, 11, 9);
                float[] whole = TorchNetwork.toArray(network.forward(x, false).outputs());
                TorchNetwork.Forward first = network.forward(x.narrow(1, 0, 5), false);
                TorchNetwork.Forward second = network.forward(x.narrow(1, 5, 6), false, first.states());
                assertArrayEquals(whole, TorchNetwork.toArray(torch.cat(new TensorVector(first.outputs(), second.outputs()), 1)), 1e-6f,
                        layer.kind());
                assertEquals(network.stateSizes(), first.states().stream().map(state -> (int) state.size(1)).toList(), layer.kind());
            }
        }
    }

    private Trainer.Result train(String name, boolean carry, int stopAt) {
        TrainSpec spec = spec(carry);
        try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(1, 1, 8, 1), 0, 7)) {
            return new Trainer(network, series(1, 40, 16), new SlowAverages(2, 16, 9, 16, 12), new FeatureLayout(1, 1), spec,
                    new SupervisedObjective(spec), 7, folder.resolve(name), new QuietListener(stopAt)).run();
        }
    }

    private static TrainSpec spec(boolean carry) {
        TrainSpec s = Specs.of(6, 0.02, 9, 0, 0, Augmentation.NONE);
        return new TrainSpec(s.epochs(), s.batchSize(), s.accumulate(), s.stepsPerEpoch(), s.learningRate(), s.schedule(),
                s.warmUpEpochs(), s.cycleEpochs(), s.finalRate(), s.weightDecay(), s.l2(), s.clipNorm(), s.clipValue(),
                s.dropout(), s.finalDropout(), s.variationalDropout(), s.augment(), new RecurrentTraining(0, 0, 0, carry), s.autocast(),
                s.loss(), s.huberDelta(), s.quantile(), s.focalGamma(), s.classWeights(), 0, s.patience(), s.weightAverage());
    }

    @Test
    void aNetworkLearnsWhatLiesFurtherBackThanAWindow() {
        double carried = train("carried.pt", true, -1).bestMetric();
        double fromZero = train("zero.pt", false, -1).bestMetric();
        assertTrue(carried < 0.7 * fromZero, "error " + carried + " with the state carried, " + fromZero + " from zero state");
    }

    @Test
    void aStoppedTrainingGoesOnWithTheSameStates() {
        var whole = train("whole.pt", true, -1);
        assertThrows(AdzeException.class, () -> train("parts.pt", true, 9));
        var parts = train("parts.pt", true, -1);
        whole.weights().tensors().forEach((name, values) -> assertArrayEquals(values, parts.weights().tensors().get(name), name));
    }

    /** The validation metric with carried state is that of whole series. */
    @Test
    void validationCarriesTheStateToo() {
        var windows = new SlowAverages(5, 7, 3);
        try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(1, 1, 8, 1), 0, 7); var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            double squares = 0;
            for (int[] chain : List.of(new int[] {0, 1, 2, 3, 4, 5, 6}, new int[] {7, 8, 9})) {
                float[] x = new float[chain.length * STEPS];
                float[] y = new float[x.length];
                windows.fill(chain, chain.length, x, y);
                float[] outputs = TorchNetwork.toArray(network.forward(
                        torch.from_blob(new org.bytedeco.javacpp.FloatPointer(x), 1, x.length, 1), false).outputs());
                for (int t = 0; t < x.length; t++) {
                    squares += Math.pow(outputs[t] - y[t], 2) / (10 * STEPS);
                }
            }
            assertEquals(Math.sqrt(squares), Evaluation.metric(network, windows, spec(true)), 1e-5);
            assertTrue(Math.abs(Math.sqrt(squares) - Evaluation.metric(network, windows, spec(false))) > 1e-4);
        }
    }
}
