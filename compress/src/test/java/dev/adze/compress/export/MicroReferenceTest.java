package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.runtime.model.RecurrentNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The 16x8 reference against TensorFlow Lite Micro itself (tflite-micro 0.dev20261023182759, run_tflite_micro.py). */
class MicroReferenceTest {
    private static final int STEPS = 24;

    private final ExportModel model = ExportModel.of(
            RandomModels.weights(RecurrentNetwork.stackedLstm(5, 2, 12, 2), new Random(16)));

    private static float[] features() {
        float[] features = new float[STEPS * 5];
        for (int i = 0; i < features.length; i++) {
            features[i] = (i * 37 % 101 - 50) / 20f;
        }
        return features;
    }

    @Test
    void everyOutputIsThatOfTensorFlowLiteMicro() throws IOException {
        double[] expected;
        try (var stream = getClass().getResourceAsStream("tflite-micro-int16x8.txt")) {
            expected = Arrays.stream(new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip().split("\\s+"))
                    .mapToDouble(Double::parseDouble).toArray();
        }
        var file = TfliteWriter.write(model, ExportForm.STEP, TflitePrecision.INT16X8, features());
        float[] actual = new MicroReference(file).run(features(), STEPS).scaled();
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            // The integers are the same; the fp32 head sums in its own order. One unit of a hidden value is 3e-5.
            assertEquals(expected[i], actual[i], 2e-7, "output " + i);
        }
    }

    @Test
    void aWindowEndsWhereItsStepsEnd() {
        float[] steps = new MicroReference(TfliteWriter.write(model, ExportForm.STEP, TflitePrecision.INT16X8, features()))
                .run(features(), STEPS).scaled();
        float[] window = new MicroReference(TfliteWriter.write(model, ExportForm.WINDOW, TflitePrecision.INT16X8, features()))
                .run(features(), STEPS).scaled();
        assertEquals(steps[steps.length - 2], window[0]);
        assertEquals(steps[steps.length - 1], window[1]);
    }
}
