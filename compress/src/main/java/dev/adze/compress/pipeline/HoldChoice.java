package dev.adze.compress.pipeline;

import dev.adze.compress.report.ConsoleTable;
import dev.adze.compress.report.ConsoleTable.Column;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Finds a delta threshold for every LSTM layer ({@link Lstm#hold}) on validation data, in closed loop: the network runs its own
 * held digits. From thresholds that change nothing, step by step the one layer's is raised that saves the most products for what
 * it adds to the error, as long as the error stays within the allowed share.
 *
 * @param stored network of integers, without thresholds
 * @param allowed share that the error may rise by
 * @param lines  told to people
 */
record HoldChoice(NetworkTensors stored, double allowed, Requantizer.Validation validation, Consumer<String> lines) {
    /** 1 changes no result, and is where products begin to be left out. */
    private static final int[] THRESHOLDS = {1, 2, 3, 4, 6, 8, 11, 16, 22, 32, 45, 64};
    /** An error that falls is no reason to prefer a raise without bounds. */
    private static final double LEAST_LOSS = 1e-4;

    private record Tried(int[] at, double error, double still) {}

    /** @throws AdzeException USAGE for a network without LSTM layers of their own */
    NetworkTensors choose() {
        int[] layers = IntStream.range(0, stored.network().layers().size()).filter(i -> stored.network().layers().get(i) instanceof Lstm
                && stored.precisions().integers(i)).toArray();
        if (layers.length == 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "delta thresholds are for lstm layers in int8 or int4, and the network has none;"
                    + " leave --hold-loss out");
        }
        Tried now = tried(new int[layers.length], layers, Double.POSITIVE_INFINITY);
        double reference = now.error();
        double limit = reference * (1 + allowed);
        var table = new ConsoleTable(Column.text("thresholds by layer"), Column.number("validation error"), Column.number("change"),
                Column.number("products that stand still"));
        table.row(row(now, reference));
        while (true) {
            Tried best = null;
            for (int i = 0; i < layers.length; i++) {
                int[] at = now.at().clone();
                if (++at[i] < THRESHOLDS.length) {
                    Tried next = tried(at, layers, limit);
                    if (next.error() <= limit && next.still() > now.still() && (best == null || worth(next, now, reference) > worth(best, now, reference))) {
                        best = next;
                    }
                }
            }
            if (best == null) {
                lines.accept(table.toString());
                return with(now.at(), layers);
            }
            now = best;
            table.row(row(now, reference));
        }
    }

    private static double worth(Tried next, Tried now, double reference) {
        return (next.still() - now.still()) / Math.max(LEAST_LOSS, (next.error() - now.error()) / reference);
    }

    /** What stands still takes as long to count as the error; of thresholds that are out of the question it is not. */
    private Tried tried(int[] at, int[] layers, double limit) {
        NetworkTensors tensors = with(at, layers);
        double error = validation.error(tensors);
        return new Tried(at, error, error <= limit ? validation.still(tensors) : Double.NaN);
    }

    private NetworkTensors with(int[] at, int[] layers) {
        List<Layer> all = new ArrayList<>(stored.network().layers());
        for (int i = 0; i < layers.length; i++) {
            Lstm lstm = (Lstm) all.get(layers[i]);
            all.set(layers[i], new Lstm(lstm.inputSize(), lstm.hiddenSize(), THRESHOLDS[at[i]]));
        }
        return new NetworkTensors(new RecurrentNetwork(stored.network().inputSize(), all), stored.precisions(), stored.tensors());
    }

    private static String[] row(Tried tried, double reference) {
        return new String[] {String.join(", ", Arrays.stream(tried.at()).mapToObj(at -> String.valueOf(THRESHOLDS[at])).toList()),
            String.format(Locale.ROOT, "%.5f", tried.error()), String.format(Locale.ROOT, "%+.3f %%", 100 * (tried.error() / reference - 1)),
            String.format(Locale.ROOT, "%.1f %%", 100 * tried.still())};
    }
}
