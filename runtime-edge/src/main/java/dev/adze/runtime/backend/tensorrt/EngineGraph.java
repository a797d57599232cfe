package dev.adze.runtime.backend.tensorrt;

import java.util.List;

/**
 * A network as TensorRT is told to compute it, precision and all. Inputs and outputs are FP32.
 *
 * @param name    for logs
 * @param inputs  {@value #FEATURES} {@code [steps, inputSize]} and, of {@link EngineForm#CELL}, {@code STATE} for every state
 * @param outputs {@value #SCALED} {@code [1, outputSize]} and {@code STATE.next} for every state
 * @param states  {@code h.0}, {@code c.0}, {@code h.1}, ..., {@code [1, hiddenSize]}, in the order of the runtime's state
 * @param ops     in an order in which they can be computed
 */
public record EngineGraph(String name, List<Port> inputs, List<Port> outputs, List<Port> states, List<Op> ops) {
    public static final String FEATURES = "features";
    public static final String SCALED = "outputs.scaled";
    /** Appended to a state's name for its value after the call. */
    public static final String NEXT = ".next";

    public record Port(String name, int rows, int columns) {
        public int elements() {
            return Math.multiplyExact(rows, columns);
        }
    }

    public EngineGraph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        states = List.copyOf(states);
        ops = List.copyOf(ops);
    }
}
