package dev.adze.compress.train;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Runs a network over windows without training it. */
public final class Evaluation {
    private static final int BATCH = 256;

    private Evaluation() {}

    /**
     * Root mean square error over the counted steps and all outputs in scaled units; for the other losses the mean
     * cross-entropy or the mean pinball loss.
     */
    public static double metric(TorchNetwork network, Windows windows, TrainSpec spec) {
        double[] sums = new double[2];
        BatchConsumer consumer = (forward, batch) -> {
            Tensor outputs = Losses.countedSteps(forward.outputs(), spec.lossFromStep());
            Tensor targets = Losses.countedSteps(batch.targets(), spec.lossFromStep());
            Tensor loss = switch (spec.loss()) {
                case CROSS_ENTROPY, FOCAL -> Losses.focal(outputs, targets, 0, spec.classWeights());
                case QUANTILE -> Losses.quantile(outputs, targets, spec.quantile());
                case MSE, HUBER -> Losses.squareError(outputs, targets);
            };
            sums[0] += loss.item_float() * (double) batch.count();
            sums[1] += batch.count();
        };
        if (spec.recurrent().carryState()) {
            forEachCarried(network, windows, consumer);
        } else {
            forEachBatch(network, windows, consumer);
        }
        double mean = sums[0] / sums[1];
        return spec.loss() == TrainSpec.Loss.MSE || spec.loss() == TrainSpec.Loss.HUBER ? Math.sqrt(mean) : mean;
    }

    /** What {@link #forEachBatch} hands out. */
    interface BatchConsumer {
        void accept(TorchNetwork.Forward forward, Batch batch);
    }

    static void forEachBatch(TorchNetwork network, Windows windows, BatchConsumer consumer) {
        try (Batch batch = new Batch(windows, Math.min(BATCH, windows.size())); NoGradGuard _ = new NoGradGuard()) {
            for (int first = 0; first < windows.size(); first += BATCH) {
                int count = Math.min(BATCH, windows.size() - first);
                batch.load(IntStream.range(first, first + count).toArray(), count);
                try (PointerScope _ = new PointerScope()) {
                    consumer.accept(network.forward(batch.features(), false), batch);
                }
            }
        }
    }

    /** The same with the state carried along every chain of windows that follow each other. */
    static void forEachCarried(TorchNetwork network, Windows windows, BatchConsumer consumer) {
        List<int[]> chains = CarriedOrder.chains(windows);
        chains.sort(Comparator.comparingInt((int[] chain) -> chain.length).reversed()); // those still running come first
        try (Batch batch = new Batch(windows, Math.min(BATCH, chains.size())); NoGradGuard _ = new NoGradGuard()) {
            for (int first = 0; first < chains.size(); first += BATCH) {
                List<int[]> group = chains.subList(first, Math.min(first + BATCH, chains.size()));
                try (PointerScope _ = new PointerScope()) {
                    List<Tensor> states = List.of();
                    for (int t = 0; t < group.getFirst().length; t++) {
                        int step = t;
                        int[] now = group.stream().filter(chain -> step < chain.length).mapToInt(chain -> chain[step]).toArray();
                        batch.load(now, now.length);
                        List<Tensor> start = states.stream().map(state -> state.narrow(0, 0, now.length)).toList();
                        TorchNetwork.Forward forward = network.forward(batch.features(), false, start);
                        states = forward.states();
                        consumer.accept(forward, batch);
                    }
                }
            }
        }
    }

    /** What of a batch's forward passes, one a network, is wanted: {@code [batch, values]}. */
    public interface Rows {
        Tensor of(List<TorchNetwork.Forward> forwards);
    }

    /** Runs all windows in order through all networks and hands out one row a window. */
    public static void rows(List<TorchNetwork> networks, Windows windows, Rows rows, Consumer<float[]> consumer) {
        try (Batch batch = new Batch(windows, Math.min(BATCH, windows.size())); NoGradGuard _ = new NoGradGuard()) {
            for (int first = 0; first < windows.size(); first += BATCH) {
                int count = Math.min(BATCH, windows.size() - first);
                batch.load(IntStream.range(first, first + count).toArray(), count);
                try (PointerScope _ = new PointerScope()) {
                    Tensor features = batch.features();
                    float[] values = TorchNetwork.toArray(rows.of(
                            networks.stream().map(network -> network.forward(features, false)).toList()));
                    int length = values.length / count;
                    for (int i = 0; i < count; i++) {
                        consumer.accept(Arrays.copyOfRange(values, i * length, (i + 1) * length));
                    }
                }
            }
        }
    }
}
