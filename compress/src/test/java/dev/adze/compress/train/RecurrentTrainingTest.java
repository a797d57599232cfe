package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zoneout, layer-wise pre-training and products in bfloat16. */
class RecurrentTrainingTest {
    private static final int BATCH = 40;
    private static final int STEPS = 6;
    private static final int HIDDEN = 30;

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static List<RecurrentLayer> layers() {
        return List.of(new Lstm(4, HIDDEN), new LstmVariant(4, HIDDEN, true, true), new ProjectedLstm(4, 50, HIDDEN),
                new Gru(4, HIDDEN), new MinimalGate(4, HIDDEN));
    }

    /** Hidden values of every step, {@code [batch][steps][hidden]}. */
    private static float[] hidden(TorchNetwork network, Tensor x, boolean training) {
        return TorchNetwork.toArray(network.forward(x, training).hidden().getFirst());
    }

    /** What is zoned out equals the step before to the bit; with 7200 values a share is within 0.03 of its rate. */
    @Test
    void zonedOutHiddenValuesKeepTheirLastStepsValue() {
        for (RecurrentLayer layer : layers()) {
            try (var network = new TorchNetwork(new RecurrentNetwork(4, List.of(layer)), 0, 3); var _ = new PointerScope();
                    var _ = new NoGradGuard()) {
                Tensor x = torch.randn(BATCH, STEPS, 4);
                float[] plain = hidden(network, x, true);
                network.zoneout(0.3, 0);
                float[] zoned = hidden(network, x, true);
                int kept = 0;
                for (int i = 0; i < zoned.length; i++) {
                    boolean first = i / HIDDEN % STEPS == 0;
                    boolean still = zoned[i] == (first ? 0 : zoned[i - HIDDEN]);
                    kept += still ? 1 : 0;
                    if (first && !still) {
                        assertEquals(plain[i], zoned[i], 1e-6, layer.kind());
                    }
                }
                assertEquals(0.3, kept / (double) zoned.length, 0.03, layer.kind());
                assertArrayEquals(plain, hidden(network, x, false), 1e-6f, layer.kind() + " is plain outside training");
            }
        }
    }

    /** A cell that is zoned out at the first step stays 0, and so does its hidden value. */
    @Test
    void zonedOutCellsKeepTheirLastStepsState() {
        for (RecurrentLayer layer : List.of(new Lstm(4, HIDDEN), new LstmVariant(4, HIDDEN, false, true))) {
            try (var network = new TorchNetwork(new RecurrentNetwork(4, List.of(layer)), 0, 3); var _ = new PointerScope();
                    var _ = new NoGradGuard()) {
                network.zoneout(0, 0.4);
                float[] values = hidden(network, torch.randn(20 * BATCH, 1, 4), true);
                int zero = 0;
                for (float value : values) {
                    zero += value == 0 ? 1 : 0;
                }
                assertEquals(0.4, zero / (double) values.length, 0.03, layer.kind());
            }
        }
    }

    @Test
    void stepByStepIsTheSameAsLibTorchsOwnOperator() {
        for (RecurrentLayer layer : layers()) {
            try (var network = new TorchNetwork(new RecurrentNetwork(4, List.of(layer)), 0, 3); var _ = new PointerScope();
                    var _ = new NoGradGuard()) {
                Tensor x = torch.randn(BATCH, STEPS, 4);
                float[] whole = hidden(network, x, true);
                network.zoneout(1e-12, 0);
                assertArrayEquals(whole, hidden(network, x, true), 2e-6f, layer.kind());
            }
        }
    }

    @Test
    void bfloat16ProductsAreNearAndOnlyInsideTheirScope() {
        try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(4, 2, HIDDEN, 1), 0, 3); var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            Tensor x = torch.randn(BATCH, STEPS, 4);
            float[] single = TorchNetwork.toArray(network.forward(x, true).outputs());
            float[] half;
            try (var _ = Autocast.BF16.open()) {
                half = TorchNetwork.toArray(network.forward(x, true).inSinglePrecision().outputs());
            }
            assertFalse(Arrays.equals(single, half));
            assertArrayEquals(single, half, 0.03f);
            assertArrayEquals(single, TorchNetwork.toArray(network.forward(x, true).outputs()));
        }
    }

    private Trainer.Result train(TorchNetwork network, TrainSpec spec, String name) {
        return new Trainer(network, new SineWindows(320, 1), new SineWindows(96, 2), new FeatureLayout(2, 1), spec,
                new SupervisedObjective(spec), 7, folder.resolve(name), new QuietListener(-1)).run();
    }

    @Test
    void trainingInBfloat16OrWithZoneoutLearnsToo() {
        TrainSpec plain = Specs.of(6, 0.01, 9, 0, 0, Augmentation.NONE);
        double untrained;
        double single;
        try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 16, 1), 0, 7)) {
            untrained = Evaluation.metric(network, new SineWindows(96, 2), plain);
            single = train(network, plain, "single.pt").bestMetric();
        }
        for (TrainSpec spec : List.of(Specs.with(plain, RecurrentTraining.PLAIN, Autocast.BF16),
                Specs.with(plain, new RecurrentTraining(0.05, 0.2, 0, false), Autocast.NONE))) {
            try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 16, 1), 0, 7)) {
                double metric = train(network, spec, spec.autocast() + ".pt").bestMetric();
                assertTrue(metric < 0.8 * untrained && metric < 1.3 * single,
                        spec.autocast() + ": " + untrained + " untrained, " + single + " plain, " + metric);
            }
        }
    }

    @Test
    void aLayerIsTrainedAloneOnFixedOnes() {
        TrainSpec spec = Specs.of(2, 0.01, 9, 0.01, 0, Augmentation.NONE);
        Weights start;
        try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 3, 12, 1), 0, 7)) {
            start = network.weights();
        }
        Weights shallow = LayerWise.shallow(start, 2);
        assertEquals(RecurrentNetwork.stackedLstm(2, 2, 12, 1), shallow.network());
        assertArrayEquals(start.get(3, "weight"), shallow.get(2, "weight"));
        try (var network = new TorchNetwork(shallow.network(), 0, 8)) {
            network.load(shallow);
            network.freeze(1);
            train(network, spec, "layer.pt");
            Weights trained = network.weights();
            assertArrayEquals(start.get(0, "weight_hh"), trained.get(0, "weight_hh"));
            assertFalse(Arrays.equals(start.get(1, "weight_hh"), trained.get(1, "weight_hh")));
            Weights whole = LayerWise.deeper(start, trained, 2);
            assertArrayEquals(trained.get(1, "weight_hh"), whole.get(1, "weight_hh"));
            assertArrayEquals(start.get(2, "weight_hh"), whole.get(2, "weight_hh"));
            assertArrayEquals(trained.get(2, "weight"), whole.get(3, "weight"));
        }
    }
}
