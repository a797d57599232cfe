package dev.adze.runtime.kernel;

import dev.adze.runtime.model.RecurrentNetwork;
import java.util.List;

/**
 * Runs a network that reads whole windows, layer after layer over all steps. Its memory grows with the longest window
 * seen and is kept.
 */
final class SequenceRunner implements StepRunner {
    private final LayerStep[] steps;
    private final Signal[] inputs;
    private final float[][] rows;
    private int capacity;

    private SequenceRunner(LayerStep[] steps, Signal[] inputs) {
        this.steps = steps;
        this.inputs = inputs;
        rows = new float[steps.length + 1][];
    }

    static SequenceRunner of(RecurrentNetwork network, List<CompiledLayer> layers) {
        LayerStep[] steps = new LayerStep[layers.size()];
        Signal[] inputs = new Signal[steps.length];
        Signal features = Signal.ofValues(network.inputSize(), network.inputSize());
        Signal signal = features;
        for (int i = 0; i < steps.length; i++) {
            inputs[i] = signal;
            steps[i] = layers.get(i).newStep(signal, features);
            // The next layer reads rows of a sequence, so it has an input signal of its own.
            signal = steps[i].output().likeThis();
        }
        return new SequenceRunner(steps, inputs);
    }

    @Override
    public void window(float[] ring, int inputSize, int ringRows, int first, int count, float[] output) {
        reserve(count);
        int beforeEnd = Math.min(count, ringRows - first);
        System.arraycopy(ring, first * inputSize, rows[0], 0, beforeEnd * inputSize);
        System.arraycopy(ring, 0, rows[0], beforeEnd * inputSize, (count - beforeEnd) * inputSize);
        for (int i = 0; i < steps.length; i++) {
            steps[i].lookAt(rows[0]);
            steps[i].sequence(inputs[i], rows[i], rows[i + 1], count);
        }
        int outputSize = steps[steps.length - 1].output().size;
        System.arraycopy(rows[steps.length], (count - 1) * outputSize, output, 0, outputSize);
    }

    private void reserve(int count) {
        if (count > capacity) {
            for (int i = 0; i < rows.length; i++) {
                int size = i < steps.length ? inputs[i].size : steps[i - 1].output().size;
                rows[i] = new float[Math.multiplyExact(count, size)];
            }
            capacity = count;
        }
    }

    @Override
    public void step(float[] features, int offset, float[] output) {
        throw wholeWindows();
    }

    @Override
    public void advance(float[] features, int offset) {
        throw wholeWindows();
    }

    @Override
    public void reset() {
        // Every window starts from zero state.
    }

    @Override
    public void copyStateTo(float[] state) {
        throw wholeWindows();
    }

    @Override
    public void copyStateFrom(float[] state) {
        throw wholeWindows();
    }

    private static UnsupportedOperationException wholeWindows() {
        return new UnsupportedOperationException("a network with a bidirectional layer or self-attention reads whole windows");
    }
}
