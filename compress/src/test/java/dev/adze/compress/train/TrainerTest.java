package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.RecurrentNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final RecurrentNetwork NETWORK = RecurrentNetwork.stackedLstm(2, 2, 16, 1);

    private static final FeatureLayout LAYOUT = new FeatureLayout(2, 1);

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static TrainSpec spec(int epochs, double learningRate) {
        return Specs.of(epochs, learningRate, 9, 0.01, 0.1, new Augmentation(0.02, 0.02, 0, 0, 0));
    }

    private Trainer.Result train(String name, TrainSpec spec, int stopAtStep) {
        var objective = new SupervisedObjective(spec);
        try (var network = new TorchNetwork(NETWORK, spec.dropout(), 7)) {
            return new Trainer(network, new SineWindows(320, 1), new SineWindows(64, 2), LAYOUT, spec, objective, 7,
                    folder.resolve(name), new QuietListener(stopAtStep)).run();
        }
    }

    /** One epoch, with everything that a listener can be told. */
    static void trainSmall(List<List<GateNorms.Norm>> norms, List<List<GateHistogram>> histograms) {
        TrainSpec spec = spec(1, 0.01);
        var listener = new TrainingListener() {
            @Override
            public void onStep(long step, long totalSteps, double loss, double secondsPerStep) {}

            @Override
            public void onEpoch(Epoch epoch, boolean best) {}

            @Override
            public void onGradients(long step, double loss, double rate, Supplier<List<GateNorms.Norm>> supplier) {
                norms.add(supplier.get());
            }

            @Override
            public void onWeights(long step, Supplier<List<GateHistogram>> supplier) {
                histograms.add(supplier.get());
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
        try (var network = new TorchNetwork(NETWORK, 0, 7)) {
            Path file = Files.createTempDirectory("adze").resolve("c.pt");
            new Trainer(network, new SineWindows(64, 1), new SineWindows(64, 2), LAYOUT, spec, new SupervisedObjective(spec), 7,
                    file, listener).run();
            Files.delete(file);
            Files.delete(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Half the batch, twice accumulated, is the same gradient: the weights agree but for rounding. */
    @Test
    void accumulatedBatchesTrainLikeOneOfTheirSize() {
        TrainSpec one = Specs.of(2, 0.01, 9, 0, 0, Augmentation.NONE);
        var whole = train("one.pt", one, -1);
        var halves = train("halves.pt", with(one, 16, 2), -1);
        whole.weights().tensors().forEach((name, values) ->
                assertArrayEquals(values, halves.weights().tensors().get(name), 2e-3f, name));
    }

    private static TrainSpec with(TrainSpec s, int batchSize, int accumulate) {
        return new TrainSpec(s.epochs(), batchSize, accumulate, s.stepsPerEpoch(), s.learningRate(), s.schedule(),
                s.warmUpEpochs(), s.cycleEpochs(), s.finalRate(), s.weightDecay(), s.l2(), s.clipNorm(), s.clipValue(),
                s.dropout(), s.finalDropout(), s.variationalDropout(), s.augment(), s.recurrent(), s.autocast(), s.loss(), s.huberDelta(), s.quantile(),
                s.focalGamma(), s.classWeights(), s.lossFromStep(), s.patience(), s.weightAverage());
    }

    @Test
    void learnsToContinueASine() {
        var result = train("learn.pt", spec(12, 0.01), -1);
        assertEquals(12, result.curve().size());
        assertTrue(result.bestMetric() < 0.25, "validation error " + result.bestMetric() + " of a sine with deviation 0.71");
        assertTrue(result.bestMetric() < result.curve().getFirst().validationMetric() / 2);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsToldInOneLineAndTheOldCheckpointStays() throws IOException {
        assertThrows(AdzeException.class, () -> train("full.pt", spec(2, 0.01), 13));
        byte[] before = Files.readAllBytes(folder.resolve("full.pt"));
        Files.createSymbolicLink(folder.resolve("full.pt.partial"), Path.of("/dev/full"));
        var refused = assertThrows(AdzeException.class, () -> train("full.pt", spec(2, 0.01), -1));
        assertEquals(AdzeException.Kind.CANNOT_WRITE, refused.kind());
        assertTrue(refused.getMessage().contains("full.pt") && refused.getMessage().contains("No space left"), refused::getMessage);
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("full.pt")));
    }

    /** A tensor whose handle the collector frees too early crashes the process or changes the weights. */
    @Test
    void garbageCollectionAtAnyMomentChangesNoBit() throws InterruptedException {
        var calm = train("calm.pt", spec(2, 0.01), -1);
        var done = new AtomicBoolean();
        Thread collector = Thread.ofPlatform().daemon().start(() -> {
            while (!done.get()) {
                System.gc();
            }
        });
        try {
            var disturbed = train("disturbed.pt", spec(2, 0.01), -1);
            calm.weights().tensors().forEach((name, values) ->
                    assertArrayEquals(values, disturbed.weights().tensors().get(name), name));
        } finally {
            done.set(true);
            collector.join();
        }
    }

    @Test
    void interruptedAndResumedIsTheSameRunBitForBit() {
        var whole = train("whole.pt", spec(3, 0.01), -1);
        var stopped = assertThrows(AdzeException.class, () -> train("parts.pt", spec(3, 0.01), 13));
        assertEquals(AdzeException.Kind.INTERRUPTED, stopped.kind());
        var resumed = train("parts.pt", spec(3, 0.01), -1);
        whole.weights().tensors().forEach((name, values) ->
                assertArrayEquals(values, resumed.weights().tensors().get(name), name));
        assertEquals(whole.bestMetric(), resumed.bestMetric());
    }

    @Test
    void divergenceIsNamedInOneLine() {
        var error = assertThrows(AdzeException.class, () -> {
            var windows = new SineWindows(64, 1);
            var spec = spec(1, 0.01);
            try (var network = new TorchNetwork(NETWORK, 0, 1)) {
                var weights = network.weights();
                weights.get(0, "weight_ih")[0] = Float.NaN;
                network.load(weights);
                new Trainer(network, windows, windows, LAYOUT, spec, new SupervisedObjective(spec), 1,
                        folder.resolve("nan.pt"), new QuietListener(-1)).run();
            }
        });
        assertEquals(AdzeException.Kind.DIVERGED, error.kind());
        assertTrue(error.getMessage().contains("loss is NaN"), error.getMessage());
    }

    @Test
    void aDamagedCheckpointIsRefusedByName() throws Exception {
        train("damaged.pt", spec(1, 0.01), -1);
        Path file = folder.resolve("damaged.pt");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        var error = assertThrows(AdzeException.class, () -> train("damaged.pt", spec(1, 0.01), -1));
        assertEquals(AdzeException.Kind.BAD_BUNDLE, error.kind());
        assertTrue(error.getMessage().contains("damaged.pt"), error.getMessage());
    }

    @Test
    void nativeMemoryStaysFlatOverAnEpoch() {
        train("warm.pt", spec(2, 0.01), -1);
        System.gc();
        long before = Pointer.totalBytes();
        train("flat.pt", spec(20, 0.01), -1);
        long grown = Pointer.totalBytes() - before;
        assertTrue(grown < 4 << 20, "JavaCPP holds " + grown + " bytes more after 200 steps");
    }

    @Test
    void fewerWindowsThanABatchIsRefused() {
        var spec = spec(1, 0.01);
        try (var network = new TorchNetwork(NETWORK, 0, 1)) {
            var windows = new SineWindows(8, 1);
            var trainer = new Trainer(network, windows, windows, LAYOUT, spec, new SupervisedObjective(spec), 1,
                    folder.resolve("few.pt"), new QuietListener(-1));
            assertTrue(assertThrows(AdzeException.class, trainer::run).getMessage().contains("fewer than the 32 of one step"));
        }
    }
}
