package dev.adze.compress.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.List;
import java.util.LinkedHashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetworkQuantizerTest {
    @Test
    void theFewerBitsTheMoreErrorAndNoneBeyondItsBound() {
        Weights weights = weights(1);
        double[] bounds = {0, 2e-3, 4e-3, 0.08}; // of matrices with standard deviation 1, relative to it
        double last = -1;
        for (Precision precision : List.of(Precision.FP32, Precision.FP16, Precision.INT8, Precision.INT4)) {
            NetworkTensors stored = NetworkQuantizer.quantize(weights, precision);
            assertEquals(precision, stored.precision());
            double error = rootMeanSquare(weights, stored.toWeights());
            assertTrue(error > last, precision + " has the error " + error + ", no more than " + last);
            assertTrue(error <= bounds[precision.ordinal()] * 1.5, precision + " has the error " + error);
            last = error;
        }
    }

    @Test
    void aWeightTooLargeForHalvesIsToldByName() {
        Weights weights = weights(1);
        weights.get(1, "weight_hh")[5] = 65_519.9f;
        NetworkQuantizer.quantize(weights, Precision.FP16);
        weights.get(1, "weight_hh")[5] = -65_520f;
        var e = assertThrows(AdzeException.class, () -> NetworkQuantizer.quantize(weights, Precision.FP16));
        assertEquals(AdzeException.Kind.BAD_DATA, e.kind());
        assertEquals("tensor layers.1.weight_hh holds -65520.0, but fp16 ends at 65504; use int8 or fp32 for this model",
                e.getMessage());
    }

    private static double rootMeanSquare(Weights a, Weights b) {
        double sum = 0;
        long count = 0;
        for (var entry : a.tensors().entrySet()) {
            for (int i = 0; i < entry.getValue().length; i++) {
                double difference = entry.getValue()[i] - b.tensors().get(entry.getKey())[i];
                sum += difference * difference;
                count++;
            }
        }
        return Math.sqrt(sum / count);
    }

    private static Weights weights(long seed) {
        Random random = new Random(seed);
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(7, 2, 65, 3);
        var tensors = new LinkedHashMap<String, float[]>();
        network.tensors().forEach(spec -> {
            float[] values = new float[(int) spec.elementCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            tensors.put(spec.name(), values);
        });
        return new Weights(network, tensors);
    }
}
