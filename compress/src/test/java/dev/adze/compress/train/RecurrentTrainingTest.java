package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
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
            for (Autocast autocast : List.of(Autocast.BF16, Autocast.FP16)) {
                float[] half;
                try (var _ = autocast.open()) {
                    half = TorchNetwork.toArray(network.forward(x, true).inSinglePrecision().outputs());
                }
                assertFalse(Arrays.equals(single, half), autocast.toString());
                assertArrayEquals(single, half, autocast == Autocast.BF16 ? 0.03f : 0.004f, autocast.toString());
            }
            assertArrayEquals(single, TorchNetwork.toArray(network.forward(x, true).outputs()));
        }
    }

    private Trainer.Result train(TorchNetwork network, TrainSpec spec, String name) {
        return new Trainer(network, new SineWindows(320, 1), new SineWindows(96, 2), new FeatureLayout(2, 1), spec,
                new SupervisedObjective(spec), 7, folder.resolve(name), new QuietListener(-1)).run();
    }

    @Test
    void trainingInHalfPrecisionsOrWithZoneoutLearnsToo() {
        TrainSpec plain = Specs.of(6, 0.01, 9, 0, 0, Augmentation.NONE);
        double untrained;
        double single;
        try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 16, 1), 0, 7)) {
            untrained = Evaluation.metric(network, new SineWindows(96, 2), plain);
            single = train(network, plain, "single.pt").bestMetric();
        }
        for (TrainSpec spec : List.of(Specs.with(plain, RecurrentTraining.PLAIN, Autocast.BF16),
                Specs.with(plain, RecurrentTraining.PLAIN, Autocast.FP16),
                Specs.with(plain, new RecurrentTraining(0.05, 0.2, 0, false), Autocast.NONE))) {
            try (var network = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 16, 1), 0, 7)) {
                double metric = train(network, spec, spec.autocast() + ".pt").bestMetric();
                assertTrue(metric < 0.8 * untrained && metric < 1.3 * single,
                        spec.autocast() + ": " + untrained + " untrained, " + single + " plain, " + metric);
            }
        }
    }

    @Test
    void everyPartTrainsInHalfPrecision() {
        TrainSpec spec = Specs.with(Specs.of(1, 0.01, 9, 0, 0, Augmentation.NONE), RecurrentTraining.PLAIN, Autocast.FP16);
        for (Layer layer : List.of(new LstmVariant(8, 8, true, true), new ProjectedLstm(8, 9, 8), new Gru(8, 8), new MinimalGate(8, 8),
                new SelfAttention(8, 2), new TransformerLayer(8, 2, 9), new MeanPooling(8), new AttentionPooling(8, 3))) {
            var network = new RecurrentNetwork(2, List.of(new Convolution(2, 8, 3, 1, Dense.Activation.GELU), layer,
                    new Dense(8, 1, Dense.Activation.IDENTITY)));
            try (var torch = new TorchNetwork(network, 0, 7)) {
                assertTrue(Double.isFinite(train(torch, spec, layer.kind() + ".pt").bestMetric()), layer.kind());
            }
        }
    }

    @Test
    void theLossScaleFallsWhereGradientsOverflowAndRisesAfterLongPeace() {
        try (var _ = new PointerScope()) {
            Tensor weight = torch.zeros(2).requires_grad_(true);
            var scale = new LossScale();
            weight.mul(new Scalar(3.0 * scale.scale())).sum().backward();
            assertTrue(scale.unscale(List.of(weight)));
            assertArrayEquals(new float[] {3, 3}, TorchNetwork.toArray(weight.grad()));
            for (int i = 1; i < LossScale.PATIENCE; i++) {
                assertEquals(LossScale.FIRST, scale.scale());
                assertTrue(scale.unscale(List.of(weight)));
            }
            assertEquals(2 * LossScale.FIRST, scale.scale());
            weight.mul(new Scalar(Double.POSITIVE_INFINITY)).sum().backward();
            assertFalse(scale.unscale(List.of(weight)));
            assertEquals(LossScale.FIRST, scale.scale());
            var refusal = assertThrows(AdzeException.class, () -> {
                for (int i = 0; i < 40; i++) {
                    scale.unscale(List.of(weight));
                }
            });
            assertEquals(AdzeException.Kind.DIVERGED, refusal.kind());
        }
    }

    /** The scale travels in the checkpoint. */
    @Test
    void aStoppedTrainingInHalfPrecisionGoesOnToTheSameBits() {
        TrainSpec spec = Specs.with(Specs.of(2, 0.01, 9, 0, 0, Augmentation.NONE), RecurrentTraining.PLAIN, Autocast.FP16);
        var networks = RecurrentNetwork.stackedLstm(2, 1, 8, 1);
        Weights whole;
        try (var network = new TorchNetwork(networks, 0, 7)) {
            whole = train(network, spec, "whole.pt").weights();
        }
        try (var network = new TorchNetwork(networks, 0, 7)) {
            assertThrows(AdzeException.class, () -> new Trainer(network, new SineWindows(320, 1), new SineWindows(96, 2),
                    new FeatureLayout(2, 1), spec, new SupervisedObjective(spec), 7, folder.resolve("stopped.pt"), new QuietListener(7)).run());
        }
        try (var network = new TorchNetwork(networks, 0, 7)) {
            Weights resumed = train(network, spec, "stopped.pt").weights();
            whole.tensors().forEach((name, values) -> assertArrayEquals(values, resumed.tensors().get(name), name));
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
