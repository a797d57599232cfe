package dev.adze.compress.advise;

import dev.adze.compress.evaluate.StepTimer;
import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.function.ToLongFunction;

/** The largest stacked LSTM that data and device allow. */
final class Sizing {
    private static final int[] HIDDEN = {8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 560};
    /** Manifest, golden vectors and headers of a bundle. */
    private static final long ENVELOPE = 24_000;

    private Sizing() {}

    /**
     * @param p99Micros measured here, of one step in int8; 0 where the budget did not ask
     * @param limit     what kept it from being larger, in words
     */
    record Choice(int layers, int hiddenSize, RecurrentNetwork network, double p99Micros, String limit) {}

    static Choice student(int features, int outputs, long mostParameters, Budget budget) {
        int layers = mostParameters > 20_000 ? 2 : 1;
        String limit = "the data: more than " + mostParameters + " parameters would learn it by heart";
        int at = largest(HIDDEN.length - 1, h -> network(features, layers, h, outputs).parameterCount(), mostParameters);
        if (budget.bytes() > 0) {
            int fits = largest(at, h -> int8Bytes(network(features, layers, h, outputs)), budget.bytes());
            limit = fits < at ? "the bundle's size: " + budget.bytes() + " bytes (" + budget.origin() + ")" : limit;
            at = fits;
        }
        double p99 = 0;
        while (budget.stepMicros() > 0) {
            p99 = p99Micros(network(features, layers, HIDDEN[at], outputs));
            if (at == 0 || p99 * budget.slower() <= budget.stepMicros()) {
                break;
            }
            at--;
            limit = "the time of a step: " + budget.stepMicros() + " us at the 99th percentile (" + budget.origin() + ")";
        }
        return new Choice(layers, HIDDEN[at], network(features, layers, HIDDEN[at], outputs), p99, limit);
    }

    /** About three times the student's parameters: what distillation can take off again. */
    static Choice teacher(int features, int outputs, Choice student) {
        int layers = Math.min(3, student.layers() + 1);
        long wanted = 3 * student.network().parameterCount();
        int hidden = HIDDEN[largest(HIDDEN.length - 1, h -> network(features, layers, h, outputs).parameterCount(), wanted)];
        hidden = Math.max(hidden, student.hiddenSize());
        return new Choice(layers, hidden, network(features, layers, hidden, outputs), 0, "three times the student's parameters");
    }

    private static int largest(int from, ToLongFunction<Integer> cost, long most) {
        int at = from;
        while (at > 0 && cost.applyAsLong(HIDDEN[at]) > most) {
            at--;
        }
        return at;
    }

    private static RecurrentNetwork network(int features, int layers, int hidden, int outputs) {
        return RecurrentNetwork.stackedLstm(features, layers, hidden, outputs);
    }

    static long int8Bytes(RecurrentNetwork network) {
        long bytes = ENVELOPE;
        for (NetworkTensors.Slot slot : NetworkTensors.layout(network, dev.adze.runtime.model.Precision.INT8).values()) {
            bytes += slot.shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b) * slot.type().bytes();
        }
        return bytes;
    }

    /** A step costs the same whatever the weights. */
    private static double p99Micros(RecurrentNetwork network) {
        var random = new Random(1);
        var tensors = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[(int) spec.elementCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (random.nextFloat() - 0.5f) / 4;
            }
            tensors.put(spec.name(), values);
        }
        try (var compiled = CompiledNetwork.compile(NetworkQuantizer.int8(new Weights(network, tensors)))) {
            return StepTimer.measure(compiled, 1).p99Micros();
        }
    }

}
