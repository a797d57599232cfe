package dev.adze.compress.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every engine computes the same network; were one's gates in another order, nothing would agree. */
class EnginesTest {
    private static final int WINDOW_STEPS = 7;
    private static final double FP32_TOLERANCE = 2e-6;
    /** Weights rounded to 11 bits. */
    private static final double FP16_TOLERANCE = 1e-3;
    /** Of outputs around 0.5: weights and hidden values rounded to 1/127 of the largest, over a hundred steps. */
    private static final double INT8_TOLERANCE = 0.06;

    /** Weights rounded to 1/7 of a group's largest. */
    private static final double INT4_TOLERANCE = 0.3;

    private static List<Workload> workloads() {
        List<Workload> workloads = new ArrayList<>();
        var random = new Random(11);
        for (RecurrentNetwork network : List.of(
                RecurrentNetwork.stackedLstm(3, 1, 5, 1),
                RecurrentNetwork.stackedLstm(1, 2, 17, 4),
                RecurrentNetwork.stackedLstm(32, 3, 24, 2),
                new RecurrentNetwork(6, List.<Layer>of(new Lstm(6, 12), new Lstm(12, 20),
                        new Dense(20, 9, Dense.Activation.RELU), new Dense(9, 3, Dense.Activation.TANH))))) {
            workloads.add(Workload.of(network.toString(), Workload.randomWeights(network, random), WINDOW_STEPS, 5));
        }
        return workloads;
    }

    @Test
    void everyEngineAgreesWithDoublePrecision() {
        for (Workload workload : workloads()) {
            Accuracy accuracy = Accuracy.of(workload);
            assertTrue(accuracy.largestOutput() > 0.05, "outputs that would hide errors: " + accuracy.largestOutput());
            for (Engine engine : Engines.of(Engines.IDS)) {
                for (Mode mode : Mode.values()) {
                    try (Contender contender = engine.open(workload, mode, 1)) {
                        double tolerance = switch (engine.precision()) {
                            case FP32 -> FP32_TOLERANCE;
                            case FP16 -> FP16_TOLERANCE;
                            case INT8 -> INT8_TOLERANCE;
                            case INT4 -> INT4_TOLERANCE;
                            case MIXED -> throw new IllegalStateException();
                        };
                        double error = accuracy.maxError(contender, mode);
                        assertTrue(error <= tolerance, engine.name() + " " + engine.precision() + " " + mode + " on "
                                + workload.name() + ": error " + error);
                        assertEquals(error, accuracy.maxError(contender, mode), "the second time, after reset: " + engine.name());
                    }
                }
            }
        }
    }

    @Test
    void anUnknownEngineIsRefusedWithTheKnownOnes() {
        var e = assertThrows(AdzeException.class, () -> Engines.of(List.of("vector", "tensorrt")));
        assertEquals(AdzeException.Kind.USAGE, e.kind());
        assertTrue(e.getMessage().contains("tensorrt") && e.getMessage().contains("libtorch"), e.getMessage());
    }
}
