package dev.adze.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.preprocess.Preprocessor;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelSessionTest {
    private static final int WINDOW = 6;
    private static final PreprocessSpec PREPROCESS = new PreprocessSpec(
            List.of(new ChannelSpec("a", "V", 1, 2, -9, 9), new ChannelSpec("b", "", -1, 0.5, -9, 9)), 1, 4, List.of(0.2), false);
    private final CompiledNetwork network = CompiledNetwork.compile(
            RandomNetworks.weights(RecurrentNetwork.stackedLstm(4, 1, 12, 2), new Random(4)));

    private static TaskSpec task(TaskSpec.Mode mode) {
        return new TaskSpec(TaskSpec.Kind.REGRESSION, mode, WINDOW, 0, 1000, List.of(
                new TaskSpec.OutputSpec("x", "V", 10, 3, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
                new TaskSpec.OutputSpec("y", "", 0, 100, -0.5, 0.5)));
    }

    private static float[][] raw(int steps, long seed) {
        Random random = new Random(seed);
        float[][] raw = new float[steps][2];
        for (float[] step : raw) {
            step[0] = (float) random.nextGaussian();
            step[1] = random.nextInt(5) == 0 ? Float.NaN : (float) random.nextGaussian();
        }
        return raw;
    }

    /** The expected physical outputs, from Preprocessor and Session put together by hand. */
    private float[] physical(float[] scaled) {
        return new float[] {(float) (10 + 3.0 * scaled[0]), (float) Math.clamp(100.0 * scaled[1], -0.5, 0.5)};
    }

    @Test
    void aRelativeOutputIsAddedToTheMeanOfItsChannelsEarlierValues() {
        // a two steps ahead, relative to its values 1, 3 and 5 steps ago; b relative to its newest.
        var relative = new TaskSpec(TaskSpec.Kind.FORECAST, TaskSpec.Mode.WINDOW, WINDOW, 2, 1000, List.of(
                new TaskSpec.OutputSpec("a+2", "V", 0.5, 3, -1e9, 1e9, Optional.of(new TaskSpec.Ahead("a", 2,
                        Optional.of(new TaskSpec.Reference(1, 2, 3))))),
                new TaskSpec.OutputSpec("b+1", "", 0, 100, -1e9, 1e9, Optional.of(new TaskSpec.Ahead("b", 1,
                        Optional.of(new TaskSpec.Reference(0, 1, 1)))))));
        try (ModelSession model = new ModelSession(network, PREPROCESS, relative)) {
            var seen = new java.util.ArrayList<float[]>();
            Preprocessor preprocessor = new Preprocessor(PREPROCESS);
            float[] scaled = new float[2];
            float[] outputs = new float[2];
            for (float[] raw : raw(20, 7)) {
                float[] features = new float[4];
                preprocessor.apply(raw, features);
                seen.add(features);
                model.preprocess(raw);
                model.inferScaled(scaled);
                model.infer(outputs);
                double a = 0;
                for (int lag : new int[] {1, 3, 5}) {
                    // Before there are so many steps the oldest stands in.
                    a += 1 + 2.0 * seen.get(Math.max(0, seen.size() - 1 - lag))[0];
                }
                assertEquals(0.5 + 3.0 * scaled[0] + a / 3, outputs[0], 1e-5);
                assertEquals(100.0 * scaled[1] + (-1 + 0.5 * seen.getLast()[1]), outputs[1], 1e-4);
            }
        }
    }

    @Test
    void aStreamIsEveryStepInTurn() {
        try (ModelSession model = new ModelSession(network, PREPROCESS, task(TaskSpec.Mode.STREAM));
                Session session = new Session(network)) {
            Preprocessor preprocessor = new Preprocessor(PREPROCESS);
            float[] features = new float[4];
            float[] scaled = new float[2];
            float[] outputs = new float[2];
            float[] copied = new float[4];
            int step = 0;
            for (float[] raw : raw(20, 1)) {
                preprocessor.apply(raw, features);
                session.infer(features, scaled);
                model.preprocess(raw);
                model.infer(outputs);
                model.copyFeatures(copied);
                assertArrayEquals(features, copied);
                assertArrayEquals(physical(scaled), outputs);
                step++;
                assertEquals(step >= WINDOW, model.warm());
                assertEquals(step, model.stepsSeen());
            }
        }
    }

    @Test
    void aWindowIsTheNewestStepsFromZeroState() {
        try (ModelSession model = new ModelSession(network, PREPROCESS, task(TaskSpec.Mode.WINDOW));
                Session session = new Session(network)) {
            Preprocessor preprocessor = new Preprocessor(PREPROCESS);
            float[][] raw = raw(25, 2);
            float[] features = new float[raw.length * 4];
            float[] scaled = new float[2];
            float[] outputs = new float[2];
            for (int t = 0; t < raw.length; t++) {
                preprocessor.apply(raw[t], 0, features, t * 4);
                model.preprocess(raw[t]);
                if (t % 3 != 1) { // inferring is not needed at every step
                    int steps = Math.min(t + 1, WINDOW);
                    float[] window = java.util.Arrays.copyOfRange(features, (t + 1 - steps) * 4, (t + 1) * 4);
                    session.inferWindow(window, steps, scaled);
                    model.infer(outputs);
                    assertArrayEquals(physical(scaled), outputs, "step " + t);
                }
            }
        }
    }

    @Test
    void outOfTurnCallsAreRefused() {
        try (ModelSession stream = new ModelSession(network, PREPROCESS, task(TaskSpec.Mode.STREAM));
                ModelSession window = new ModelSession(network, PREPROCESS, task(TaskSpec.Mode.WINDOW))) {
            assertThrows(IllegalStateException.class, () -> stream.infer(new float[2]));
            assertThrows(IllegalStateException.class, () -> window.infer(new float[2]));
            stream.preprocess(new float[2]);
            assertThrows(IllegalStateException.class, () -> stream.preprocess(new float[2]));
            assertThrows(IllegalArgumentException.class, () -> window.preprocess(new float[1]));
        }
    }

    @Test
    void resetStartsANewSeries() {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            try (ModelSession model = new ModelSession(network, PREPROCESS, task(mode))) {
                float[] first = new float[2];
                float[] again = new float[2];
                float[][] raw = raw(9, 3);
                for (float[] step : raw) {
                    model.preprocess(step);
                    model.infer(first);
                }
                assertTrue(model.warm());
                model.reset();
                assertFalse(model.warm());
                for (float[] step : raw) {
                    model.preprocess(step);
                    model.infer(again);
                }
                assertArrayEquals(first, again);
            }
        }
    }

    @Test
    void aModelThatDoesNotFitIsRefused() {
        PreprocessSpec three = new PreprocessSpec(PREPROCESS.channels(), 1, 4, List.of(0.2), true);
        assertThrows(IllegalArgumentException.class, () -> new ModelSession(network, three, task(TaskSpec.Mode.STREAM)));
    }

    @Test
    void preprocessingAndInferenceAllocateNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            try (ModelSession model = new ModelSession(network, PREPROCESS, task(mode))) {
                float[] raw = {1, 2};
                float[] outputs = new float[2];
                long allocated = Long.MAX_VALUE;
                for (int round = 0; round < 50 && allocated > 0; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 10_000; i++) {
                        model.preprocess(raw);
                        model.infer(outputs);
                    }
                    allocated = threads.getCurrentThreadAllocatedBytes() - before;
                }
                assertEquals(0, allocated, mode + ": bytes in 10,000 steps after warm-up");
            }
        }
    }
}
