package dev.adze.runtime.calibrate;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Step times of single recurrent layers, measured on one machine, and what they tell of whole networks: the sum over the
 * layers, less the call that a network makes only once. Between measured sizes the logarithm of the time is interpolated
 * over the logarithms of the sizes; beyond them time grows with the multiply-accumulates.
 *
 * @param device   processor in words
 * @param kernel   that was measured
 * @param threads  of a step
 * @param measured ISO date and time
 * @param entries  one a cell, precision and pair of sizes; for every cell and precision a full grid of sizes
 * @param checks   whole networks, predicted from the entries and measured: how good predictions are
 */
public record LatencyTable(String device, String kernel, int threads, String measured, List<Entry> entries, List<Check> checks) {
    /** Kinds of layers that are measured. */
    public enum Cell { LSTM, GRU }

    /** A step of one layer, batch 1, microseconds. */
    public record Entry(Cell cell, Precision precision, int inputSize, int hiddenSize, double p50Micros, double p99Micros) {}

    /** @param network in words */
    public record Check(String network, Precision precision, double predictedP50Micros, double measuredP50Micros) {}

    /** Of a step: median and 99th percentile, microseconds. */
    public record Prediction(double p50Micros, double p99Micros) {}

    public LatencyTable {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(kernel, "kernel");
        entries = List.copyOf(entries);
        checks = List.copyOf(checks);
    }

    /**
     * The time of a streaming step.
     *
     * @throws AdzeException UNAVAILABLE for layers that no entry tells of
     */
    public Prediction predict(RecurrentNetwork network, Precision precision) {
        return predict(network, LayerPrecisions.uniform(network, precision));
    }

    /** The same with a precision for every layer. */
    public Prediction predict(RecurrentNetwork network, LayerPrecisions precisions) {
        double p50 = 0;
        double p99 = 0;
        int recurrent = 0;
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            Precision precision = precisions.of(i);
            switch (bare(layer)) {
                case Lstm lstm -> {
                    p50 += micros(Cell.LSTM, precision, lstm, Entry::p50Micros);
                    p99 += micros(Cell.LSTM, precision, lstm, Entry::p99Micros);
                    recurrent++;
                }
                case Gru gru -> {
                    p50 += micros(Cell.GRU, precision, gru, Entry::p50Micros);
                    p99 += micros(Cell.GRU, precision, gru, Entry::p99Micros);
                    recurrent++;
                }
                case Dense dense -> {
                    double micros = dense.multiplyAccumulates() * microsPerMac();
                    p50 += micros;
                    p99 += micros;
                }
                case Layer other -> throw unknown(other.kind() + " layers");
            }
        }
        double calls = Math.max(0, recurrent - 1) * callMicros();
        double least = entries.stream().mapToDouble(Entry::p50Micros).min().orElseThrow();
        return new Prediction(Math.max(least, p50 - calls), Math.max(least, p99 - calls));
    }

    /** A residual connection's additions are nothing beside the products. */
    private static Layer bare(Layer layer) {
        return layer instanceof Residual residual && !(residual.layer() instanceof Bidirectional) ? residual.layer() : layer;
    }

    /** What every step costs whatever its size: that of the smallest layer measured. */
    private double callMicros() {
        return entries.stream().filter(e -> e.inputSize() == 1 && e.hiddenSize() == 1).mapToDouble(Entry::p50Micros).min().orElse(0);
    }

    /** A dense head is fp32, and far smaller than what comes before it: the largest layer's rate will do. */
    private double microsPerMac() {
        return entries.stream().mapToDouble(e -> e.p50Micros() / macs(e.cell(), e.inputSize(), e.hiddenSize())).min().orElse(0);
    }

    private double micros(Cell cell, Precision precision, Layer layer, ToDoubleFunction<Entry> figure) {
        List<Entry> grid = entries.stream().filter(e -> e.cell() == cell && e.precision() == precision).toList();
        if (grid.isEmpty()) {
            throw unknown(cell.name().toLowerCase(Locale.ROOT) + " layers in " + precision.name().toLowerCase(Locale.ROOT));
        }
        int[] inputs = sizes(grid, Entry::inputSize);
        int[] hiddens = sizes(grid, Entry::hiddenSize);
        int input = Math.clamp(layer.inputSize(), inputs[0], inputs[inputs.length - 1]);
        int hidden = Math.clamp(layer.outputSize(), hiddens[0], hiddens[hiddens.length - 1]);
        int i = below(inputs, input);
        int h = below(hiddens, hidden);
        int i2 = Math.min(i + 1, inputs.length - 1);
        int h2 = Math.min(h + 1, hiddens.length - 1);
        double a = share(inputs[i], inputs[i2], input);
        double b = share(hiddens[h], hiddens[h2], hidden);
        double log = (1 - a) * ((1 - b) * log(grid, inputs[i], hiddens[h], figure) + b * log(grid, inputs[i], hiddens[h2], figure))
                + a * ((1 - b) * log(grid, inputs[i2], hiddens[h], figure) + b * log(grid, inputs[i2], hiddens[h2], figure));
        return Math.exp(log) * macs(cell, layer.inputSize(), layer.outputSize()) / macs(cell, input, hidden);
    }

    private static double macs(Cell cell, int inputSize, int hiddenSize) {
        return (cell == Cell.LSTM ? 4.0 : 3.0) * hiddenSize * (inputSize + hiddenSize);
    }

    private static int[] sizes(List<Entry> grid, java.util.function.ToIntFunction<Entry> size) {
        return grid.stream().mapToInt(size).distinct().sorted().toArray();
    }

    private static int below(int[] sizes, int size) {
        return Math.max(0, (int) IntStream.of(sizes).filter(s -> s <= size).count() - 1);
    }

    private static double share(int low, int high, int at) {
        return high == low ? 0 : (Math.log(at) - Math.log(low)) / (Math.log(high) - Math.log(low));
    }

    private static double log(List<Entry> grid, int input, int hidden, ToDoubleFunction<Entry> figure) {
        return Math.log(figure.applyAsDouble(grid.stream().filter(e -> e.inputSize() == input && e.hiddenSize() == hidden).findFirst()
                .orElseThrow(() -> new AdzeException(AdzeException.Kind.BAD_DATA, "the latency table has no entry for "
                        + input + " inputs and " + hidden + " hidden units, though others have these sizes; measure it again"))));
    }

    private AdzeException unknown(String what) {
        var known = new ArrayList<String>();
        entries.forEach(e -> {
            String name = (e.cell() + " " + e.precision()).toLowerCase(Locale.ROOT);
            if (!known.contains(name)) {
                known.add(name);
            }
        });
        return new AdzeException(AdzeException.Kind.UNAVAILABLE, "the latency table of " + device + " tells nothing of " + what
                + "; it knows " + String.join(", ", known));
    }
}
