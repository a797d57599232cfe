package dev.adze.compress.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.report.BenchReport;
import dev.adze.compress.report.BenchTable;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.WeightBlocks;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the benchmark tells of models that let products be left out. */
class LeftOutTest {
    private static final int UNITS = 64;

    @BeforeEach
    void needsTheNativeKernel() {
        Assumptions.assumeFalse(KernelChoice.nativeTiers().isEmpty(), "skipped: no native library");
    }

    @Test
    void heldDigitsShareIsMeasuredAndComparedWithAllProducts() {
        BenchReport report = bench(weights(4));
        double share = row(report, "").leftOut();
        assertTrue(share > 0 && share < 1, "share " + share);
        assertEquals(0, row(report, ", nothing left out").leftOut());
        assertEquals(row(report, "").maxError(), row(report, ", nothing left out").maxError(), "the bits are the same");
        assertTrue(report.comparisons().stream().anyMatch(c -> c.ratio() > 0
                && c.what().startsWith(String.format(Locale.ROOT, "int8, %.1f %% of multiply-accumulates left out, against all, streaming step", 100 * share))),
                report.comparisons().toString());
        String console = BenchTable.console(report).toString();
        assertTrue(console.contains("left out") && console.contains(String.format(Locale.ROOT, "%.1f %%", 100 * share)), console);
    }

    /** Three of four columns of blocks of both layers are zero: so is that share of all but the head's weights. */
    @Test
    void zeroBlocksShareIsThatOfTheWeights() {
        Weights weights = weights(0);
        var tensors = new LinkedHashMap<>(weights.tensors());
        for (int layer = 0; layer < 2; layer++) {
            for (String name : List.of("weight_ih", "weight_hh")) {
                float[] values = tensors.get(RecurrentNetwork.tensorName(layer, name));
                for (int i = 0; i < values.length; i++) {
                    values[i] = i % UNITS / WeightBlocks.COLUMNS % 4 > 0 ? 0 : values[i];
                }
            }
        }
        RecurrentNetwork network = weights.network();
        double expected = 0.75 * (network.multiplyAccumulates() - UNITS) / network.multiplyAccumulates();
        assertEquals(expected, row(bench(new Weights(network, tensors)), "").leftOut(), 1e-12);
    }

    @Test
    void ordinaryModelsHaveNoSuchColumnAndNoSecondEngine() {
        BenchReport report = bench(weights(0));
        assertNull(row(report, "").leftOut());
        assertEquals(Workload.PRECISIONS.size(), report.rows().size());
        assertTrue(!BenchTable.console(report).toString().contains("left out"));
    }

    private static BenchReport.Row row(BenchReport report, String suffix) {
        String name = "adze native-" + KernelChoice.nativeTiers().getLast() + suffix;
        return report.rows().stream().filter(r -> r.engine().equals(name) && r.precision().equals("int8")).findFirst().orElseThrow();
    }

    private static BenchReport bench(Weights weights) {
        Workload workload = Workload.of("random", weights, 5, 3);
        return Benchmark.run(new BenchSpec(workload, List.of("native"), List.of(1), List.of(Mode.STEP), 0.2, 1), null, "adze bench",
                _ -> { });
    }

    private static Weights weights(int hold) {
        var network = new RecurrentNetwork(UNITS, List.of(new Lstm(UNITS, UNITS, hold), new Lstm(UNITS, UNITS, hold),
                new Dense(UNITS, 1, Dense.Activation.IDENTITY)));
        return Workload.randomWeights(network, new Random(8));
    }
}
