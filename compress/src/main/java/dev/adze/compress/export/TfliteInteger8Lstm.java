package dev.adze.compress.export;

import dev.adze.runtime.model.Weights;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.TensorType;

/**
 * 8x8 to 16, the scheme of TensorFlow's operator_property.cc: features int8 with scale and zero point from calibration, and
 * beside each what that rounds away, {@value #FINER} times as fine, with weights {@value #FINER} times smaller; biases int32, hidden values int8 at 1/127 since they lie in (-1, 1). The five intermediates must be there; without layer
 * normalisation only the last is read, and it repeats the hidden scale.
 */
final class TfliteInteger8Lstm extends TfliteIntegerLstm {
    /**
     * One scale serves all features, so that one digit of them is coarse. More than 8 would round the second digit's weights
     * away, which share the scale of the first's.
     */
    private static final int FINER = 8;

    TfliteInteger8Lstm(TfliteGraph graph, Weights weights, Calibration calibration) {
        super(graph, weights, calibration, TensorType.INT8, 1.0 / 127, calibration.featureScale(),
                calibration.featureZeroPoint(), 1, FINER);
    }

    @Override
    void complete(OperatorT operator, String name) {
        int[] intermediates = new int[5];
        for (int i = 0; i < 4; i++) { // Q3.12, what the operator uses without layer normalisation
            intermediates[i] = graph.tensor(name + ".intermediate." + i, TensorType.INT16, TfliteGraph.scale(1.0 / 4096, 0), 0);
        }
        intermediates[4] = graph.tensor(name + ".intermediate.4", TensorType.INT8, hiddenScale(), 0);
        operator.setIntermediates(intermediates);
    }

    @Override
    int bias(String name, float[] values, double scale) {
        int[] quantized = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            quantized[i] = (int) Math.clamp(Math.rint(values[i] / scale), Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        return graph.integers(name, TfliteGraph.scale(scale, 0), quantized);
    }
}
