package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.recipe.Presets;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files of random networks in TensorFlow Lite against the scalar kernel. */
class TfliteWriterTest {
    private static final int STEPS = 23;

    @Test
    void fp32AgreesWithTheScalarKernelOnRandomNetworks() {
        for (long seed = 1; seed <= 40; seed++) {
            assertClose(seed, TflitePrecision.FP32, 2e-6);
        }
    }

    @Test
    void hybridInt8StaysNearFp32() {
        for (long seed = 1; seed <= 40; seed++) {
            assertClose(seed, TflitePrecision.INT8_HYBRID, 2.5e-2);
        }
    }

    @Test
    void integersThroughoutStayNearFp32() {
        for (long seed = 1; seed <= 40; seed++) {
            assertClose(seed, TflitePrecision.INT8_FULL, 5e-2);
        }
    }

    @Test
    void integersKeepFeaturesThatAreSmallAgainstTheirRange() {
        double squares = 0;
        int count = 0;
        for (long seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            var network = RecurrentNetwork.stackedLstm(6, 1, 40, 1);
            var model = ExportModel.of(RandomModels.weights(network, random));
            float[] features = RandomModels.features(network, STEPS, random);
            float[] range = features.clone();
            range[0] = 40; // a step of one digit is then 0.3 standard deviations
            range[1] = -40;
            float[] expected = OnnxWriterTest.ours(NetworkTensors.of(model.weights()), features);
            try (var engine = TfliteEngine.open(TfliteWriter.write(model, ExportForm.STEP, TflitePrecision.INT8_FULL, range))) {
                float[] actual = engine.run(features, STEPS).scaled();
                for (int i = 0; i < actual.length; i++, count++) {
                    squares += Math.pow(actual[i] - expected[i], 2);
                }
            }
        }
        assertTrue(Math.sqrt(squares / count) < 0.013, "root mean square error " + Math.sqrt(squares / count));
    }

    @Test
    void theStateAsInputsAndOutputsGivesTheSame() {
        for (long seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            var model = ExportModel.of(RandomModels.weights(RandomModels.network(random), random));
            float[] features = RandomModels.features(model.network(), STEPS, random);
            float[] expected = OnnxWriterTest.ours(NetworkTensors.of(model.weights()), features);
            try (var engine = TfliteEngine.open(TfliteWriter.writeExplicit(model))) {
                double worst = distance(expected, engine.run(features, STEPS).scaled());
                assertTrue(worst <= 2e-6, "seed " + seed + ": " + model.network() + " is off by " + worst);
            }
        }
    }

    @Test
    void int8FilesOfTheStudentAreAtMost26PercentOfFp32() {
        var network = Presets.byId("student-3.8m").network(32, 1);
        var model = ExportModel.of(RandomModels.weights(network, new Random(1)));
        double fp32 = TfliteWriter.write(model, ExportForm.STEP, TflitePrecision.FP32, new float[0]).length;
        int hybrid = TfliteWriter.write(model, ExportForm.STEP, TflitePrecision.INT8_HYBRID, new float[0]).length;
        int full = TfliteWriter.write(model, ExportForm.STEP, TflitePrecision.INT8_FULL, new float[32]).length;
        assertTrue(hybrid <= 0.26 * fp32 && full <= 0.26 * fp32, fp32 + " bytes, int8 " + hybrid + " and " + full);
    }

    private static void assertClose(long seed, TflitePrecision precision, double tolerance) {
        var random = new Random(seed);
        var model = ExportModel.of(RandomModels.weights(RandomModels.network(random), random));
        float[] features = RandomModels.features(model.network(), STEPS, random);
        float[] expected = OnnxWriterTest.ours(NetworkTensors.of(model.weights()), features);
        double worst = 0;
        for (ExportForm form : ExportForm.values()) {
            byte[] file = TfliteWriter.write(model, form, precision, features);
            TfliteInspector content = TfliteInspector.inspect(file);
            assertEquals(RecurrentLayers.count(model.network()), content.count("UNIDIRECTIONAL_SEQUENCE_LSTM"));
            assertEquals(1, content.subgraphs());
            try (var engine = TfliteEngine.open(file)) {
                float[] wanted = form == ExportForm.STEP ? expected
                        : Arrays.copyOfRange(expected, expected.length - model.network().outputSize(), expected.length);
                float[] first = engine.run(features, STEPS).scaled();
                worst = Math.max(worst, distance(wanted, first));
                assertEquals(0, distance(first, engine.run(features, STEPS).scaled()), "a reset brings the start back");
            }
        }
        assertTrue(worst <= tolerance, "seed " + seed + ": " + model.network() + " is off by " + worst);
    }

    private static double distance(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs((double) expected[i] - actual[i]));
        }
        return worst;
    }
}
