package dev.adze.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.SmallBundles;
import dev.adze.runtime.bundle.TaskSpec.Mode;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Time is a count of the looks at the clock: every golden run takes as long as the reference's, so only patience ends the wait. */
@Timeout(60)
class WarmingNetworkTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger released = new AtomicInteger();
    private final List<String> notes = new CopyOnWriteArrayList<>();

    private CompiledNetwork warming(Bundle bundle, Supplier<CompiledNetwork> wanted, long tick) {
        return WarmingNetwork.compile("m.adze", bundle, wanted, "wanted", released::incrementAndGet, notes::add,
                () -> clock.addAndGet(tick));
    }

    private static void await(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + 30 * SECOND;
        while (!condition.getAsBoolean() && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
        assertTrue(condition.getAsBoolean());
    }

    private static float[] raw(Random random) {
        return new float[] {(float) (40 + 20 * random.nextGaussian()), random.nextInt(4) == 0 ? Float.NaN : 50};
    }

    private static void sameBits(ModelSession expected, ModelSession actual, Random random, int steps) {
        float[] a = new float[2];
        float[] b = new float[2];
        for (int t = 0; t < steps; t++) {
            float[] raw = raw(random);
            expected.preprocess(raw);
            actual.preprocess(raw);
            expected.infer(a);
            actual.infer(b);
            assertArrayEquals(a, b);
        }
    }

    @Test
    void sessionsGoOverWithTheirStateAndTheBitsShowNothing() {
        var networks = List.of(RecurrentNetwork.stackedLstm(SmallBundles.INPUTS, 2, 21, 2), new RecurrentNetwork(SmallBundles.INPUTS,
                List.of(new Lstm(SmallBundles.INPUTS, 17, 3), new Dense(17, 2, Dense.Activation.IDENTITY))));
        for (Mode mode : Mode.values()) {
            for (RecurrentNetwork network : networks) {
                Bundle bundle = SmallBundles.make(Precision.INT8, mode, "warming", network);
                var manifest = bundle.manifest();
                var leave = new CountDownLatch(1);
                try (CompiledNetwork plain = CompiledNetwork.compile(bundle.weights(), KernelChoice.scalar());
                        CompiledNetwork warming = warming(bundle, () -> {
                            try {
                                leave.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return CompiledNetwork.compile(bundle.weights(), KernelChoice.best());
                        }, SECOND);
                        var expected = new ModelSession(plain, manifest.preprocess(), manifest.task());
                        var actual = new ModelSession(warming, manifest.preprocess(), manifest.task());
                        var idle = new ModelSession(warming, manifest.preprocess(), manifest.task())) {
                    assertEquals("scalar, then wanted", warming.kernel().name());
                    var random = new Random(5);
                    sameBits(expected, actual, random, 9);
                    leave.countDown();
                    await(() -> warming.kernel().name().equals("wanted"));
                    sameBits(expected, actual, random, 9);
                    assertEquals(expected.saveState(), actual.saveState());
                    actual.reset();
                    expected.reset();
                    sameBits(expected, actual, random, 3);
                    expected.reset();
                    sameBits(expected, idle, random, 5);
                    expected.reset();
                    try (var late = new ModelSession(warming, manifest.preprocess(), manifest.task())) {
                        sameBits(expected, late, random, 5);
                    }
                }
            }
        }
        assertEquals(4, released.get());
        assertEquals(List.of(), notes);
    }

    @Test
    void aKernelThatGivesOtherOutputsNeverTakesOver() {
        Bundle bundle = SmallBundles.make(Precision.FP32, Mode.STREAM, 9);
        Bundle other = SmallBundles.make(Precision.INT8, Mode.STREAM, 9);
        try (CompiledNetwork warming = warming(bundle, () -> CompiledNetwork.compile(other.weights(), KernelChoice.scalar()), SECOND)) {
            await(() -> released.get() == 1);
            assertEquals("scalar", warming.kernel().name());
            assertEquals(1, notes.size());
            assertTrue(notes.getFirst().matches("the wanted kernel does not work here \\(golden vector \\d, output \\d+ should be .*"), notes.getFirst());
            try (CompiledNetwork plain = CompiledNetwork.compile(bundle.weights(), KernelChoice.scalar());
                    var expected = new ModelSession(plain, bundle.manifest().preprocess(), bundle.manifest().task());
                    var actual = new ModelSession(warming, bundle.manifest().preprocess(), bundle.manifest().task())) {
                sameBits(expected, actual, new Random(6), 9);
            }
        }
    }

    @Test
    void aKernelThatDoesNotCompileIsTold() {
        Bundle bundle = SmallBundles.make(Precision.FP32, Mode.STREAM, 9);
        try (CompiledNetwork warming = warming(bundle, () -> {
            throw new IllegalStateException("no such instruction");
        }, SECOND)) {
            await(() -> released.get() == 1);
            assertEquals("scalar", warming.kernel().name());
        }
        assertEquals(List.of("the wanted kernel does not work here (no such instruction); the scalar one goes on"), notes);
    }

    @Test
    void itCanBeClosedWhileItWarmsUp() {
        Bundle bundle = SmallBundles.make(Precision.FP32, Mode.STREAM, 9);
        // A nanosecond a look: the patience never ends.
        CompiledNetwork warming = warming(bundle, () -> CompiledNetwork.compile(bundle.weights(), KernelChoice.scalar()), 1);
        await(() -> clock.get() > 20);
        var session = new ModelSession(warming, bundle.manifest().preprocess(), bundle.manifest().task());
        warming.close();
        assertEquals(1, released.get());
        assertThrows(IllegalStateException.class, () -> session.preprocess(new float[2]));
        assertEquals(List.of(), notes);
    }

    @Test
    void aBundleOpensAtOnceAndIsServedByTheWantedKernelSoon() {
        Path file = folder.resolve("m.adze");
        SmallBundles.make(Precision.INT8, Mode.STREAM, 21).write(file);
        KernelChoice best = KernelChoice.best();
        try (EdgeModel model = EdgeModel.openWarming(file, best, notes::add)) {
            await(() -> model.network().kernel().name().equals(best.name()));
        }
        assertEquals(List.of(), notes);
        Path missing = folder.resolve("missing.adze");
        assertEquals(AdzeException.Kind.NOT_FOUND,
                assertThrows(AdzeException.class, () -> EdgeModel.openWarming(missing, best, notes::add)).kind());
    }
}
