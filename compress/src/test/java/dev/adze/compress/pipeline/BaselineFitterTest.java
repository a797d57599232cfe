package dev.adze.compress.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.drift.Baseline;
import dev.adze.runtime.drift.Distribution;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BaselineFitterTest {
    private static final PreprocessSpec PREPROCESS = new PreprocessSpec(List.of(new ChannelSpec("a", "V", 0, 1, -9, 9),
            new ChannelSpec("b", "V", 0, 1, -9, 9)), 3, 8, List.of(), true);

    private static CompiledNetwork network(float headBias) {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(PREPROCESS.featureCount(), 1, 4, 1);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (TensorSpec spec : network.tensors()) {
            tensors.put(spec.name(), new float[Math.toIntExact(spec.elementCount())]);
        }
        tensors.get("layers.1.bias")[0] = headBias;
        return CompiledNetwork.compile(NetworkTensors.of(new Weights(network, tensors)), KernelChoice.scalar());
    }

    private static HeldOut.Part part(int rows, int judgeFrom, long seed) {
        var random = new Random(seed);
        float[] raw = new float[2 * rows];
        for (int row = 0; row < rows; row++) {
            raw[2 * row] = row < judgeFrom ? 1000 : (float) random.nextGaussian();
            // Channel b is missing in two rows of every ten.
            raw[2 * row + 1] = row % 10 >= 8 ? Float.NaN : 2;
        }
        return new HeldOut.Part("p", rows, raw, null, null, null, judgeFrom);
    }

    @Test
    void theTrainingRowsAndTheModelsOutputsAreSketched() {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            var task = new TaskSpec(TaskSpec.Kind.REGRESSION, mode, 5, 0, 100, List.of(new TaskSpec.OutputSpec("y", "", 10, 2, -1e9, 1e9)));
            try (CompiledNetwork network = network(1.5f)) {
                Baseline baseline = BaselineFitter.fit(network, PREPROCESS, task, new HeldOut(List.of(part(400, 100, 1), part(200, 0, 2)), false))
                        .orElseThrow();
                Distribution a = baseline.channels().get(0);
                assertEquals(500, a.total(), "rows before the first that trains do not count");
                assertTrue(a.edges()[a.edges().length - 1] < 10);
                assertEquals(new Distribution(new double[] {Math.nextDown(2.0), 2}, new long[] {0, 400, 0}, 100), baseline.channels().get(1));
                // 30 and 20 gaps of two rows, and as many runs of eight.
                assertEquals(new Distribution(new double[] {Math.nextDown(2.0), 2}, new long[] {0, 50, 0}, 0), baseline.gaps());
                assertEquals(new Distribution(new double[] {Math.nextDown(8.0), 8}, new long[] {0, 50, 0}, 0), baseline.sequences());
                // All weights are 0: the output is its bias in physical units, 10 + 2 * 1.5.
                Distribution said = baseline.outputs().getFirst();
                assertTrue(said.total() > 500, said.toString());
                assertEquals(new Distribution(new double[] {Math.nextDown(13.0), 13}, new long[] {0, said.total(), 0}, 0), said);
            }
        }
    }
}
