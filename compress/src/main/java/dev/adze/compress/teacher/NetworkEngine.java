package dev.adze.compress.teacher;

import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.model.Weights;
import java.util.List;

/** A network of ours, in LibTorch, as an engine: every step of a window is answered. */
public final class NetworkEngine implements TeacherEngine {
    private final TorchNetwork network;

    public NetworkEngine(Weights weights) {
        network = new TorchNetwork(weights.network(), 0, 0);
        network.load(weights);
    }

    @Override
    public String name() {
        return "LibTorch";
    }

    @Override
    public String architecture() {
        return "network";
    }

    @Override
    public Long parameters() {
        return network.network().parameterCount();
    }

    @Override
    public Answer answer(float[] features, int count) {
        int inputs = network.network().inputSize();
        int outputs = network.network().outputSize();
        var windows = new Given(features, count, features.length / count / inputs, inputs, outputs);
        float[] values = new float[count * windows.windowSteps() * outputs];
        int[] at = {0};
        Evaluation.rows(List.of(network), windows, forwards -> forwards.getFirst().outputs().flatten(1, -1), row -> {
            System.arraycopy(row, 0, values, at[0], row.length);
            at[0] += row.length;
        });
        return new Answer(windows.windowSteps(), values);
    }

    /** Windows without targets. */
    private record Given(float[] features, int size, int windowSteps, int featureCount, int targetCount) implements Windows {
        @Override
        public void fill(int[] indices, int count, float[] into, float[] targets) {
            int floats = windowSteps * featureCount;
            for (int i = 0; i < count; i++) {
                System.arraycopy(features, indices[i] * floats, into, i * floats, floats);
            }
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
