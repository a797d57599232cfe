package dev.adze.compress.export;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.Dense;
import java.util.List;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.GeluOptionsT;
import org.tensorflow.lite.schema.MaximumMinimumOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;

/** What follows the LSTM layers, fp32: dense layers, and outputs in their own units. */
final class TfliteHead {
    private TfliteHead() {}

    /** @param shape of the result; of three dimensions where the time axis is kept */
    static int dense(TfliteGraph graph, String name, Dense dense, float[] weight, float[] bias, int input, int[] shape) {
        var options = new FullyConnectedOptionsT();
        boolean keepsTime = shape.length == 3;
        options.setKeepNumDims(keepsTime);
        options.setFusedActivationFunction(switch (dense.activation()) {
            case IDENTITY, TANH, GELU -> ActivationFunctionType.NONE;
            case RELU -> ActivationFunctionType.RELU;
        });
        int[] inputs = {input, graph.constant(name + ".weight", weight, dense.outputSize(), dense.inputSize()),
            graph.constant(name + ".bias", bias, dense.outputSize())};
        int affine = graph.floats(name + ".out", shape);
        graph.operator(BuiltinOperator.FULLY_CONNECTED, keepsTime ? 5 : 1, BuiltinOptions.FullyConnectedOptions, options,
                inputs, affine);
        return switch (dense.activation()) {
            case IDENTITY, RELU -> affine;
            case TANH -> {
                int tanh = graph.floats(name + ".tanh", shape);
                graph.operator(BuiltinOperator.TANH, 1, BuiltinOptions.NONE, null, new int[] {affine}, tanh);
                yield tanh;
            }
            case GELU -> {
                int gelu = graph.floats(name + ".gelu", shape);
                var tanhForm = new GeluOptionsT();
                tanhForm.setApproximate(true);
                graph.operator(BuiltinOperator.GELU, 1, BuiltinOptions.GeluOptions, tanhForm, new int[] {affine}, gelu);
                yield gelu;
            }
        };
    }

    /** {@code clip(center + scale * scaled)} into {@code result}. */
    static void physical(TfliteGraph graph, int scaled, List<TaskSpec.OutputSpec> outputs, int result) {
        int count = outputs.size();
        OutputScaling scaling = OutputScaling.of(outputs);
        int product = graph.floats("physical.product", 1, count);
        int sum = graph.floats("physical.sum", 1, count);
        int raised = graph.floats("physical.raised", 1, count);
        graph.operator(BuiltinOperator.MUL, 1, BuiltinOptions.MulOptions, new MulOptionsT(),
                new int[] {scaled, graph.constant("physical.scale", scaling.scale(), 1, count)}, product);
        graph.operator(BuiltinOperator.ADD, 1, BuiltinOptions.AddOptions, new AddOptionsT(),
                new int[] {product, graph.constant("physical.center", scaling.center(), 1, count)}, sum);
        graph.operator(BuiltinOperator.MAXIMUM, 1, BuiltinOptions.MaximumMinimumOptions, new MaximumMinimumOptionsT(),
                new int[] {sum, graph.constant("physical.lowest", scaling.min(), 1, count)}, raised);
        graph.operator(BuiltinOperator.MINIMUM, 1, BuiltinOptions.MaximumMinimumOptions, new MaximumMinimumOptionsT(),
                new int[] {raised, graph.constant("physical.highest", scaling.max(), 1, count)}, result);
    }
}
