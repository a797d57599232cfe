package dev.adze.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionTest {
    enum Precision { FP32, INT8 }

    private static final RecurrentNetwork NETWORK = RecurrentNetwork.stackedLstm(5, 2, 37, 2);

    private static CompiledNetwork compile(Precision precision) {
        Weights weights = RandomNetworks.weights(NETWORK, new Random(3));
        return CompiledNetwork.compile(switch (precision) {
            case FP32 -> NetworkTensors.of(weights);
            case INT8 -> RandomNetworks.quantize(weights);
        });
    }

    private static float[] randomFeatures(int steps, long seed) {
        Random random = new Random(seed);
        float[] features = new float[steps * NETWORK.inputSize()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        return features;
    }

    private static float[] stepOf(float[] features, int t) {
        return java.util.Arrays.copyOfRange(features, t * NETWORK.inputSize(), (t + 1) * NETWORK.inputSize());
    }

    @ParameterizedTest
    @EnumSource
    void streamingEqualsWindowBitForBit(Precision precision) {
        float[] features = randomFeatures(30, 7);
        try (CompiledNetwork network = compile(precision);
                Session stream = new Session(network);
                Session window = new Session(network)) {
            float[] streamed = new float[2];
            float[] windowed = new float[2];
            for (int t = 0; t < 30; t++) {
                stream.infer(stepOf(features, t), streamed);
                window.inferWindow(features, t + 1, windowed);
                assertArrayEquals(streamed, windowed);
                assertEquals(stream.saveState(), window.saveState());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestoredStateContinuesWithTheSameBits(Precision precision) {
        float[] features = randomFeatures(40, 8);
        try (CompiledNetwork network = compile(precision);
                Session first = new Session(network);
                Session second = new Session(network)) {
            float[] a = new float[2];
            float[] b = new float[2];
            for (int t = 0; t < 20; t++) {
                first.infer(stepOf(features, t), a);
            }
            second.infer(stepOf(features, 0), b);
            second.restoreState(first.saveState());
            for (int t = 20; t < 40; t++) {
                first.infer(stepOf(features, t), a);
                second.infer(stepOf(features, t), b);
                assertArrayEquals(a, b);
            }
            assertEquals(first.saveState(), second.saveState());
        }
    }

    @ParameterizedTest
    @EnumSource
    void resetGoesBackToTheFirstStep(Precision precision) {
        float[] features = randomFeatures(3, 9);
        try (CompiledNetwork network = compile(precision); Session session = new Session(network)) {
            float[] before = new float[2];
            float[] after = new float[2];
            session.infer(stepOf(features, 0), before);
            session.infer(stepOf(features, 1), after);
            session.reset();
            session.infer(stepOf(features, 0), after);
            assertArrayEquals(before, after);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStepAllocatesNothing(Precision precision) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] features = randomFeatures(4, 10);
        float[] output = new float[2];
        try (CompiledNetwork network = compile(precision); Session session = new Session(network)) {
            long allocated = Long.MAX_VALUE;
            // Until the compiler is done with the vector code, its values are objects; allow it some rounds.
            for (int round = 0; round < 30 && allocated > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 10_000; i++) {
                    session.infer(features, output);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, allocated, "bytes in 10,000 steps after warm-up");
            allocated = Long.MAX_VALUE;
            // A first call may allocate what no later one does (131 kB were seen once, perhaps code made for a method handle).
            for (int round = 0; round < 30 && allocated > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 200; i++) {
                    session.inferWindow(features, 4, output);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, allocated, "bytes in 200 windows after warm-up");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherThreadIsRefusedByNames(Precision precision) throws InterruptedException {
        try (CompiledNetwork network = compile(precision); Session session = new Session(network)) {
            AtomicReference<Throwable> seen = new AtomicReference<>();
            Thread other = new Thread(() -> {
                try {
                    session.infer(new float[5], new float[2]);
                } catch (Throwable t) {
                    seen.set(t);
                }
            }, "the-other");
            other.start();
            other.join();
            assertEquals(IllegalStateException.class, seen.get().getClass());
            assertTrue(seen.get().getMessage().contains("\"the-other\""), seen.get().getMessage());
            assertTrue(seen.get().getMessage().contains("\"" + Thread.currentThread().getName() + "\""),
                    seen.get().getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void useAfterCloseIsRefused(Precision precision) {
        CompiledNetwork network = compile(precision);
        Session closed = new Session(network);
        Session open = new Session(network);
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.infer(new float[5], new float[2]));
        assertThrows(IllegalStateException.class, closed::saveState);
        open.infer(new float[5], new float[2]);
        network.close();
        network.close();
        assertThrows(IllegalStateException.class, () -> open.infer(new float[5], new float[2]));
        assertThrows(IllegalStateException.class, () -> new Session(network));
        open.close();
    }

    @ParameterizedTest
    @EnumSource
    void aNonFiniteFeatureIsRefusedAndLeavesTheStateAlone(Precision precision) {
        try (CompiledNetwork network = compile(precision); Session session = new Session(network)) {
            session.infer(new float[] {1, 2, 3, 4, 5}, new float[2]);
            RecurrentState before = session.saveState();
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                assertThrows(IllegalArgumentException.class,
                        () -> session.infer(new float[] {1, 2, bad, 4, 5}, new float[2]));
            }
            assertThrows(IllegalArgumentException.class, () -> session.infer(new float[4], new float[2]));
            assertThrows(IllegalArgumentException.class, () -> session.infer(new float[5], new float[1]));
            assertThrows(IllegalArgumentException.class, () -> session.inferWindow(new float[9], 2, new float[2]));
            assertThrows(IllegalArgumentException.class, () -> session.inferWindow(new float[9], 0, new float[2]));
            assertThrows(IllegalArgumentException.class, () -> session.restoreState(new RecurrentState(new float[3])));
            assertEquals(before, session.saveState());
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingTheNetworkUnderARunningSessionNeverCrashes(Precision precision) throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            CompiledNetwork network = compile(precision);
            AtomicReference<Throwable> seen = new AtomicReference<>();
            var running = new java.util.concurrent.CountDownLatch(1);
            Thread worker = new Thread(() -> {
                try (Session session = new Session(network)) {
                    while (true) {
                        session.infer(new float[5], new float[2]);
                        running.countDown();
                    }
                } catch (Throwable t) {
                    seen.set(t);
                }
            });
            worker.start();
            running.await();
            network.close();
            worker.join();
            assertEquals(IllegalStateException.class, seen.get().getClass(), () -> seen.get().toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void sessionsOnSeveralThreadsDoNotDisturbEachOther(Precision precision) throws Exception {
        try (CompiledNetwork network = compile(precision); var pool = java.util.concurrent.Executors.newFixedThreadPool(4)) {
            var runs = new java.util.ArrayList<java.util.concurrent.Future<RecurrentState>>();
            for (int i = 0; i < 8; i++) {
                long seed = i % 2;
                runs.add(pool.submit(() -> {
                    try (Session session = new Session(network)) {
                        session.inferWindow(randomFeatures(300, seed), 300, new float[2]);
                        return session.saveState();
                    }
                }));
            }
            for (int i = 2; i < 8; i++) {
                assertEquals(runs.get(i % 2).get(), runs.get(i).get());
            }
        }
    }
}
