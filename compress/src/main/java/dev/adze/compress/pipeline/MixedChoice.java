package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.MixedPrecision;
import dev.adze.compress.quantize.MixedPrecision.Mixture;
import dev.adze.compress.quantize.MixedPrecision.Option;
import dev.adze.compress.report.ConsoleTable;
import dev.adze.compress.report.ConsoleTable.Column;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.calibrate.LatencyTable;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Chooses a precision for every layer under a budget: each layer alone in each precision is judged, the sums of what that
 * costs propose mixtures, and the best of those, and every network in one precision that holds the budget, are judged whole.
 *
 * @param whole   the network in fp32 and in every precision of {@code choices}
 * @param choices what a layer may have
 * @param budget  what must be held
 * @param judge   error on the validation part
 * @param lines   told to people
 */
record MixedChoice(Map<Precision, NetworkTensors> whole, List<Precision> choices, Budget budget,
        ToDoubleFunction<NetworkTensors> judge, Consumer<String> lines) {
    /** Mixtures that are judged whole, beside those in one precision. */
    private static final int JUDGED = 8;

    /**
     * @param bytes  of all tensors; 0 for any
     * @param micros 99th percentile of a step by the table; 0 for any
     * @param table  where {@code micros} is not 0
     */
    record Budget(long bytes, double micros, Optional<LatencyTable> table) {
        private boolean holds(long bytes, double micros) {
            return (this.bytes == 0 || bytes <= this.bytes) && (this.micros == 0 || micros <= this.micros);
        }
    }

    private record Judged(LayerPrecisions precisions, NetworkTensors tensors, double error, double micros) {}

    /** @throws AdzeException USAGE where no mixture holds the budget, with the smallest there is */
    NetworkTensors choose() {
        RecurrentNetwork network = whole.get(Precision.FP32).network();
        double reference = judge.applyAsDouble(whole.get(Precision.FP32));
        List<List<Option>> layers = options(network, reference);
        lines.accept(table(layers, reference).toString());
        long rest = whole.get(Precision.FP32).byteSize()
                - layers.stream().mapToLong(options -> MixedPrecision.bytes(whole.get(Precision.FP32), options.getFirst().layer())).sum();
        var proposed = new LinkedHashSet<LayerPrecisions>();
        List<Mixture> front = MixedPrecision.front(layers);
        front.stream().filter(m -> budget.holds(rest + m.bytes(), micros(network, m.precisions(network)))).limit(JUDGED)
                .forEach(m -> proposed.add(m.precisions(network)));
        for (Precision precision : choices) {
            LayerPrecisions uniform = LayerPrecisions.uniform(network, precision);
            if (budget.holds(whole.get(precision).byteSize(), micros(network, uniform))) {
                proposed.add(uniform);
            }
        }
        if (proposed.isEmpty()) {
            throw impossible(network, rest, front);
        }
        List<Judged> judged = proposed.stream().map(precisions -> {
            NetworkTensors tensors = MixedPrecision.mix(whole, precisions);
            return new Judged(precisions, tensors, judge.applyAsDouble(tensors), micros(network, precisions));
        }).sorted(Comparator.comparingDouble(Judged::error).thenComparingLong(j -> j.tensors().byteSize())).toList();
        lines.accept(table(judged).toString());
        return judged.getFirst().tensors();
    }

    private List<List<Option>> options(RecurrentNetwork network, double reference) {
        var layers = new ArrayList<List<Option>>();
        for (int i = 0; i < network.layers().size(); i++) {
            if (!LayerPrecisions.stores(network.layers().get(i))) {
                continue;
            }
            var options = new ArrayList<Option>();
            for (Precision precision : choices) {
                double loss = precision == Precision.FP32 ? 0
                        : judge.applyAsDouble(MixedPrecision.mix(whole, alone(network, i, precision, Precision.FP32))) - reference;
                double micros = micros(network, alone(network, i, precision, choices.getFirst()))
                        - micros(network, LayerPrecisions.uniform(network, choices.getFirst()));
                options.add(new Option(i, precision, loss, MixedPrecision.bytes(whole.get(precision), i), micros));
            }
            layers.add(options);
        }
        return layers;
    }

    private static LayerPrecisions alone(RecurrentNetwork network, int layer, Precision precision, Precision others) {
        var all = new ArrayList<>(LayerPrecisions.uniform(network, others).layers());
        all.set(layer, precision);
        return LayerPrecisions.of(network, all);
    }

    private double micros(RecurrentNetwork network, LayerPrecisions precisions) {
        return budget.table().map(table -> table.predict(network, precisions).p99Micros()).orElse(0.0);
    }

    private AdzeException impossible(RecurrentNetwork network, long rest, List<Mixture> front) {
        long least = rest + front.stream().mapToLong(Mixture::bytes).min().orElse(0);
        double fastest = front.stream().mapToDouble(m -> micros(network, m.precisions(network))).min().orElse(0);
        return new AdzeException(AdzeException.Kind.USAGE, "no mixture of " + names(choices) + " holds the budget: the smallest takes "
                + least + " bytes" + (budget.micros() > 0 ? String.format(Locale.ROOT, ", the fastest %.2f us", fastest) : "")
                + "; allow more, or make the student smaller");
    }

    private ConsoleTable table(List<List<Option>> layers, double reference) {
        var table = new ConsoleTable(Column.text("layer alone in"), Column.number("validation error"), Column.number("change"),
                Column.number("its bytes"));
        table.row("(all fp32)", String.format(Locale.ROOT, "%.5f", reference), "", "");
        layers.forEach(options -> options.stream().filter(o -> o.precision() != Precision.FP32).forEach(o -> table.row(
                "layer " + o.layer() + " " + label(o.precision()), String.format(Locale.ROOT, "%.5f", reference + o.loss()),
                String.format(Locale.ROOT, "%+.3f %%", 100 * o.loss() / reference), String.format(Locale.ROOT, "%,d", o.bytes()))));
        return table;
    }

    private ConsoleTable table(List<Judged> judged) {
        var table = new ConsoleTable(Column.text("within the budget, the first is taken"), Column.number("validation error"),
                Column.number("bytes"), Column.number("step p99"));
        judged.forEach(j -> table.row(j.precisions().describe(), String.format(Locale.ROOT, "%.5f", j.error()),
                String.format(Locale.ROOT, "%,d", j.tensors().byteSize()),
                budget.table().isPresent() ? String.format(Locale.ROOT, "%.2f us", j.micros()) : ""));
        return table;
    }

    private static String names(Iterable<Precision> precisions) {
        var names = new ArrayList<String>();
        precisions.forEach(p -> names.add(label(p)));
        return String.join(", ", names);
    }

    private static String label(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }
}
