package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.train.GradientWatch.Finding;
import dev.adze.compress.train.GradientWatch.Trouble;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientWatchTest {
    private static List<Finding> watch(double... norms) {
        var watch = new GradientWatch();
        var findings = new ArrayList<Finding>();
        for (int step = 0; step < norms.length; step++) {
            findings.addAll(watch.accept(step + 1, List.of(new GateNorms.Norm("a", norms[step]), new GateNorms.Norm("b", 1))));
        }
        return findings;
    }

    private static double[] repeat(int count, double value) {
        double[] norms = new double[count];
        java.util.Arrays.fill(norms, value);
        return norms;
    }

    @Test
    void tenInARowAreToldOnceAndNineAreNot() {
        assertEquals(List.of(), watch(repeat(9, 1e-7)));
        assertEquals(List.of(new Finding(Trouble.VANISHING, "a", 1, 1e-7)), watch(repeat(25, 1e-7)));
        assertEquals(List.of(new Finding(Trouble.EXPLODING, "a", 1, 2e3)), watch(repeat(10, 2e3)));
        assertEquals(Trouble.EXPLODING, watch(repeat(10, Double.NaN)).getFirst().trouble());
        assertEquals(List.of(), watch(repeat(30, 1e-6)));
        assertEquals(List.of(), watch(repeat(30, 1e3)));
    }

    @Test
    void anOrdinaryStepBetweenStartsTheCountAnew() {
        double[] norms = repeat(19, 1e-9);
        norms[9] = 0.5;
        assertEquals(List.of(), watch(norms));
        double[] turning = repeat(19, 1e-9);
        java.util.Arrays.fill(turning, 9, 19, 1e9);
        assertEquals(List.of(new Finding(Trouble.EXPLODING, "a", 10, 1e9)), watch(turning));
    }

    @Test
    void normsHaveANameAGateAndAddUpToTheWholeGradient() {
        Torch.start(1);
        var seen = new ArrayList<List<GateNorms.Norm>>();
        var histograms = new ArrayList<List<GateHistogram>>();
        TrainerTest.trainSmall(seen, histograms);
        List<String> names = seen.getFirst().stream().map(GateNorms.Norm::name).toList();
        assertTrue(names.containsAll(List.of("layer 0 weight_ih input", "layer 0 weight_hh forget", "layer 1 bias output",
                "layer 2 weight")), names::toString);
        assertEquals(2 * 3 * 4 + 2, names.size());
        assertTrue(seen.getFirst().stream().allMatch(n -> n.value() > 0 && n.value() < 100), seen.getFirst()::toString);
        GateHistogram forget = histograms.getFirst().stream().filter(h -> h.name().equals("weight/layer 0 weight_hh forget"))
                .findFirst().orElseThrow();
        assertEquals(16 * 16, java.util.Arrays.stream(forget.counts()).sum());
        assertTrue(forget.min() < 0 && forget.max() > 0);
    }
}
