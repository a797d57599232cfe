package dev.adze.compress.export;

import dev.adze.runtime.model.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.TensorType;

/**
 * The form of microcontroller kernels (TensorFlow Lite Micro, CMSIS-NN): features and hidden values int16 without zero
 * point, biases int64. Hidden values have the scale 2^-15, which the kernel's product of two Q0.15 numbers has.
 */
final class TfliteInteger16Lstm extends TfliteIntegerLstm {
    TfliteInteger16Lstm(TfliteGraph graph, Weights weights, Calibration calibration, ActivationReach reach) {
        super(graph, weights, calibration, TensorType.INT16, 0x1p-15, (float) (reach.bound() / Short.MAX_VALUE), 0, 2,
                1);
    }

    @Override
    void complete(OperatorT operator, String name) {
        // The kernel takes no intermediates.
    }

    /** Within the 47 bits that the kernel's accumulator may have. */
    @Override
    int bias(String name, float[] values, double scale) {
        var data = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putLong((long) Math.clamp(Math.rint(value / scale), -0x1p46, 0x1p46));
        }
        return graph.constant(name, TensorType.INT64, TfliteGraph.scale(scale, 0), data.array(), values.length);
    }
}
