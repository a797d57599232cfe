package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GateSensitivityTest {
    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    /** Only the forget gate's recurrent rows of the second layer are changed: what does not hold them costs nothing. */
    @Test
    void onlyThePartThatWasChangedCosts() {
        TrainSpec spec = Specs.of(1, 0.01, 1, 0, 0, Augmentation.NONE);
        var windows = new SineWindows(40, 3);
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(2, 2, 6, 1);
        try (var torch = new TorchNetwork(network, 0, 5)) {
            Weights weights = torch.weights();
            double whole = Evaluation.metric(torch, windows, spec);
            var tensors = new LinkedHashMap<>(weights.tensors());
            float[] changed = tensors.get("layers.1.weight_hh").clone();
            for (int i = 6 * 6; i < 2 * 6 * 6; i++) {
                changed[i] += 0.5f;
            }
            tensors.put("layers.1.weight_hh", changed);
            Weights rounded = new Weights(network, tensors);
            torch.load(rounded);
            double all = Evaluation.metric(torch, windows, spec);
            assertNotEquals(whole, all);
            List<GateSensitivity.Part> parts = GateSensitivity.of(weights, rounded, windows, spec);
            assertEquals(List.of("layer 1 weight_hh input", "layer 1 weight_hh forget", "layer 1 weight_hh cell",
                    "layer 1 weight_hh output", "layer 1", "all weights"), parts.stream().map(GateSensitivity.Part::name).toList());
            for (GateSensitivity.Part part : parts) {
                boolean holds = part.name().endsWith("forget") || !part.name().contains("weight_hh");
                assertEquals(holds ? all : whole, part.metric(), part.name());
            }
        }
    }
}
