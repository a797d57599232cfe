package dev.adze.compress.quantize;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one unit of a quantized weight is worth: a step a row in int8, a step for every {@value Int4#GROUP} neighbours of a
 * row in int4. Quantization-aware training learns them; {@link NetworkQuantizer} makes integers with them.
 *
 * @param byTensor row-major by the matrix's full name, all above 0
 */
public record StepSizes(Precision precision, Map<String, float[]> byTensor) {
    /** For a row or group of zeros, whose step has no meaning but must be one. */
    private static final float LEAST = 0x1p-20f;

    public StepSizes {
        if (precision != Precision.INT8 && precision != Precision.INT4) {
            throw new IllegalArgumentException("no step sizes in " + precision);
        }
        byTensor.forEach((name, steps) -> {
            for (float step : steps) {
                if (!(step > 0) || Float.isInfinite(step)) {
                    throw new AdzeException(AdzeException.Kind.DIVERGED, "a step size of " + name + " became " + step
                            + "; lower quantize.aware.learningRate");
                }
            }
        });
    }

    /** Those of post-training quantization. @param calibration of int8; an int4 group's step has the least squared error */
    public static StepSizes of(Weights weights, Precision precision, Calibration calibration) {
        var byTensor = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < weights.network().layers().size(); i++) {
            Layer layer = weights.network().layers().get(i);
            for (TensorSpec spec : layer.tensors()) {
                if (layer.isRecurrentMatrix(spec)) {
                    String name = RecurrentNetwork.tensorName(i, spec.name());
                    byTensor.put(name, of(weights.tensors().get(name), spec.shape().getFirst(), precision, calibration));
                }
            }
        }
        return new StepSizes(precision, byTensor);
    }

    /** Steps of a row's weights as the device has them, one a weight: an int4 row's are whole multiples of its scale. */
    public float[] ofRow(String name, int row, int columns) {
        float[] all = byTensor.get(name);
        float[] own = new float[columns];
        if (precision == Precision.INT8) {
            Arrays.fill(own, all[row]);
            return own;
        }
        int groups = Int4.groups(columns);
        Int4Quantizer.Quantized whole = Int4Quantizer.withSteps(own, 1, Arrays.copyOfRange(all, row * groups, (row + 1) * groups));
        for (int k = 0; k < columns; k++) {
            own[k] = whole.multipliers()[k / Int4.GROUP] * whole.scales()[0];
        }
        return own;
    }

    /** A weight is at most so many steps, either way. */
    public int largest() {
        return precision == Precision.INT8 ? Int8Quantizer.MAX : Int4.MAX;
    }

    private static float[] of(float[] weights, int rows, Precision precision, Calibration calibration) {
        float[] steps;
        if (precision == Precision.INT8) {
            steps = Int8Quantizer.perRow(weights, rows, calibration).scales().clone();
        } else {
            Int4Quantizer.Quantized quantized = Int4Quantizer.perGroup(weights, rows);
            steps = new float[quantized.multipliers().length];
            for (int i = 0; i < steps.length; i++) {
                steps[i] = quantized.multipliers()[i] * quantized.scales()[i / (steps.length / rows)];
            }
        }
        for (int i = 0; i < steps.length; i++) {
            steps[i] = Math.max(LEAST, steps[i]);
        }
        return steps;
    }
}
