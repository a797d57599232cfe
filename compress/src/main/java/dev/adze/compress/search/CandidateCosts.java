package dev.adze.compress.search;

import dev.adze.compress.distill.LowRank;
import dev.adze.compress.distill.UnitRemoval;
import dev.adze.compress.pipeline.Pipeline;
import dev.adze.compress.recipe.Presets;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.profiles.ProfileException;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.calibrate.LatencyTable;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.WeightBlocks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/** What a candidate costs on the device, before anything is trained. */
final class CandidateCosts implements Function<SequencedMap<String, String>, Trial.Costs> {
    /** Keys under which a change alters the features or outputs that the data gives. */
    private static final String SHAPING = "(data|task|preprocess|split)\\..*";

    /** Manifest, golden vectors and headers of a bundle; 7,900 in the quickstart's. Without it a search runs after savings that no file shows. */
    private static final long ENVELOPE = 8_000;

    private final SearchSpec spec;
    private final LatencyTable table;
    private final Function<RecipeReader.Loaded, Pipeline.Shape> shapes;
    private final Map<List<String>, Pipeline.Shape> known = new HashMap<>();

    /** @param shapes reads a recipe's data; asked once for every combination of settings that matters for it */
    CandidateCosts(SearchSpec spec, LatencyTable table, Function<RecipeReader.Loaded, Pipeline.Shape> shapes) {
        this.spec = spec;
        this.table = table;
        this.shapes = shapes;
    }

    /** Null where no recipe allows the settings, the table does not tell their latency, or the budget is exceeded. */
    @Override
    public Trial.Costs apply(SequencedMap<String, String> settings) {
        try {
            Trial.Costs costs = of(settings);
            var budget = spec.budget();
            boolean fits = (budget.bytes() == 0 || costs.fileBytes() <= budget.bytes())
                    && (budget.memoryBytes() == 0 || costs.memoryBytes() <= budget.memoryBytes())
                    && (budget.latencyMicros() == 0 || costs.latencyMicros() <= budget.latencyMicros());
            return fits ? costs : null;
        } catch (AdzeException | ProfileException e) {
            return null;
        }
    }

    /** @throws AdzeException if no recipe allows the settings, or the table does not know such layers */
    Trial.Costs of(SequencedMap<String, String> settings) {
        RecipeReader.Loaded loaded = RecipeReader.read(spec.recipe(), overrides(spec, settings));
        List<String> shaping = settings.entrySet().stream().filter(e -> e.getKey().matches(SHAPING)).map(Object::toString).toList();
        Pipeline.Shape shape = known.get(shaping);
        if (shape == null) {
            shape = shapes.apply(loaded);
            known.put(shaping, shape);
        }
        var sparsify = loaded.recipe().sparsify();
        RecurrentNetwork dense = Presets.network(loaded.recipe().student(), shape.features(), shape.outputs(), shape.statics());
        RecurrentNetwork narrow = sparsify.units() > 0 ? UnitRemoval.narrow(dense, sparsify.units()) : dense;
        RecurrentNetwork network = sparsify.rank() > 0 ? LowRank.shape(narrow, sparsify.rank()) : narrow;
        Precision precision = precision(spec, settings);
        long bytes = 0;
        for (NetworkTensors.Slot slot : NetworkTensors.layout(network, precision).values()) {
            bytes += slot.shape().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact) * slot.type().bytes();
        }
        if (precision == Precision.INT8) {
            bytes -= leftOut(network, sparsify.blocks());
        }
        long memory = bytes + Float.BYTES * (2L * network.stateSize() + network.inputSize() + network.outputSize());
        double micros = spec.latency().slower() * table.predict(network, precision).p99Micros();
        return new Trial.Costs(ENVELOPE + bytes, memory, micros, loaded.recipe().student().train().epochs());
    }

    /** Weights in the blocks that sparsity takes, as {@link dev.adze.compress.quantize.BlockPruner} chooses among them; their masks cost a bit each. */
    private static long leftOut(RecurrentNetwork network, double share) {
        long left = 0;
        for (int i = 0; i < network.layers().size() && share > 0; i++) {
            if (network.layers().get(i) instanceof Lstm lstm) {
                long weights = 4L * lstm.hiddenSize() * (lstm.hiddenSize() + (i > 0 ? lstm.inputSize() : 0));
                left += (long) (share * weights) - weights / (8 * WeightBlocks.ROWS * WeightBlocks.COLUMNS);
            }
        }
        return left;
    }

    /** Of the recipe that a trial runs. */
    static List<String> overrides(SearchSpec spec, SequencedMap<String, String> settings) {
        var overrides = new ArrayList<>(spec.overrides());
        settings.forEach((key, value) -> {
            if (!key.equals(SearchSpec.PRECISION)) {
                overrides.add(key + "=" + value);
            }
        });
        Precision precision = precision(spec, settings);
        overrides.add("quantize.precisions=" + (precision == Precision.FP32 ? "[]" : "[" + name(precision) + "]"));
        return overrides;
    }

    static Precision precision(SearchSpec spec, SequencedMap<String, String> settings) {
        String own = settings.get(SearchSpec.PRECISION);
        return own == null ? spec.precision() : Precision.valueOf(own.toUpperCase(Locale.ROOT));
    }

    static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }
}
