package dev.adze.compress.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.compress.quantize.MixedPrecision.Mixture;
import dev.adze.compress.quantize.MixedPrecision.Option;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MixedPrecisionTest {
    private static final List<Precision> ALL = List.of(Precision.FP32, Precision.FP16, Precision.INT8, Precision.INT4);

    /** Against all combinations, one by one. */
    @Test
    void theFrontHasTheBestMixtureUnderEveryBudget() {
        for (long seed = 1; seed <= 20; seed++) {
            boolean timed = seed % 2 == 0;
            Random random = new Random(seed);
            var layers = new ArrayList<List<Option>>();
            for (int layer = 0; layer < 1 + seed % 5; layer++) {
                int index = layer;
                layers.add(ALL.stream().map(p -> new Option(index, p, random.nextGaussian(0.01, 0.02), random.nextInt(100, 1000),
                        timed ? random.nextDouble() : 0)).toList());
            }
            List<Mixture> front = MixedPrecision.front(layers);
            List<double[]> all = combinations(layers);
            for (int i = 0; i < 50; i++) {
                double bytes = random.nextDouble(100, 1000) * layers.size();
                double micros = random.nextDouble() * layers.size();
                double expected = all.stream().filter(c -> c[1] <= bytes && c[2] <= micros).mapToDouble(c -> c[0]).min()
                        .orElse(Double.POSITIVE_INFINITY);
                double actual = front.stream().filter(m -> m.bytes() <= bytes && m.micros() <= micros).mapToDouble(Mixture::loss)
                        .findFirst().orElse(Double.POSITIVE_INFINITY);
                assertEquals(expected, actual, 1e-12, "seed " + seed);
            }
        }
    }

    private static List<double[]> combinations(List<List<Option>> layers) {
        List<double[]> all = List.of(new double[3]);
        for (List<Option> options : layers) {
            all = all.stream().flatMap(c -> options.stream().map(o -> new double[] {c[0] + o.loss(), c[1] + o.bytes(), c[2] + o.micros()})).toList();
        }
        return all;
    }

    @Test
    void aMixtureNamesThePrecisionOfEveryLayer() {
        var network = RecurrentNetwork.stackedLstm(3, 2, 4, 1);
        var mixture = MixedPrecision.front(List.of(List.of(new Option(0, Precision.INT8, 0, 5, 0)),
                List.of(new Option(1, Precision.INT4, 0, 3, 0)))).getFirst();
        assertEquals(List.of(Precision.INT8, Precision.INT4, Precision.FP32), mixture.precisions(network).layers());
        assertEquals("mixed: int8, int4, fp32", mixture.precisions(network).describe());
        var alike = MixedPrecision.front(List.of(List.of(new Option(0, Precision.INT8, 0, 5, 0)),
                List.of(new Option(1, Precision.INT8, 0, 3, 0)))).getFirst();
        assertEquals(Precision.INT8, alike.precisions(network).overall());
    }
}
