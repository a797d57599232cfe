package dev.adze.runtime.session;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.HelperThreads;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.StepRunner;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A network that computes well from its first step: on the reference kernel, until the wanted kernel, which is slow before
 * Java has compiled it, has given the golden vectors in less than half the reference's time, on a thread beside. Both give
 * the same bits, so a session goes over between two steps and takes its state along; nothing shows but the time.
 */
final class WarmingNetwork {
    /** After which the wanted kernel takes over even if it is no faster: it was asked for. */
    private static final long LONGEST_NANOS = 10_000_000_000L;

    private final Bundle bundle;
    private final Supplier<CompiledNetwork> wanted;
    private final String wantedName;
    private final Consumer<String> notes;
    private final LongSupplier nanoTime;
    private final Runnable release;
    private final boolean causal;
    private final Thread thread = new Thread(this::warmUp, "warm-up");
    private final long plainNanos;
    /** Null from the take-over on, so that its weights can go; it has none outside the heap. */
    private volatile CompiledNetwork plain;
    private volatile CompiledNetwork ready;
    private volatile CompiledNetwork candidate;
    private volatile boolean refused;
    private volatile boolean closed;

    private WarmingNetwork(String fileName, Bundle bundle, Supplier<CompiledNetwork> wanted, String wantedName, Runnable release,
            Consumer<String> notes, LongSupplier nanoTime) {
        this.bundle = bundle;
        this.wanted = wanted;
        this.wantedName = wantedName;
        this.release = release;
        this.notes = notes;
        this.nanoTime = nanoTime;
        causal = bundle.manifest().network().causal();
        plain = CompiledNetwork.compile(bundle.weights(), KernelChoice.scalar());
        long start = nanoTime.getAsLong();
        GoldenCheck.require(fileName, bundle, plain);
        plainNanos = nanoTime.getAsLong() - start;
        thread.setDaemon(true);
    }

    /**
     * A network whose golden vectors agree on the reference kernel.
     *
     * @param wanted  compiles the network on the wanted kernel, whose bits are the same; called once, on another thread
     * @param release called once when the bundle's weights are not read any more, on that thread
     * @param notes   is told one line if the wanted kernel does not work, and the reference goes on for good
     * @throws dev.adze.runtime.AdzeException MISMATCH; then nothing is released
     */
    static CompiledNetwork compile(String fileName, Bundle bundle, Supplier<CompiledNetwork> wanted, String wantedName,
            Runnable release, Consumer<String> notes, LongSupplier nanoTime) {
        var network = new WarmingNetwork(fileName, bundle, wanted, wantedName, release, notes, nanoTime);
        network.thread.start();
        return CompiledNetwork.hosted(bundle.manifest().network(), bundle.manifest().precision(), network::name,
                "the reference kernel until the other is compiled", network::newRunner, network::close);
    }

    private String name() {
        return ready != null ? wantedName : refused ? "scalar" : "scalar, then " + wantedName;
    }

    private void warmUp() {
        try {
            candidate = wanted.get();
            if (warm()) {
                ready = candidate;
                plain = null;
            }
        } catch (RuntimeException | LinkageError e) {
            if (!closed) {
                refuse(String.valueOf(e.getMessage()));
            }
        } finally {
            if (ready == null && candidate != null) {
                candidate.close();
            }
            release.run();
        }
    }

    private boolean warm() {
        long start = nanoTime.getAsLong();
        while (!closed) {
            long before = nanoTime.getAsLong();
            GoldenCheck.Deviation worst = GoldenCheck.worst(bundle, candidate);
            if (!worst.tolerable()) {
                refuse("golden vector " + worst.goldenCase() + ", output " + worst.output() + " should be " + worst.expected()
                        + " but is " + worst.actual());
                return false;
            }
            long now = nanoTime.getAsLong();
            if (2 * (now - before) <= plainNanos || now - start >= LONGEST_NANOS) {
                return true;
            }
        }
        return false;
    }

    private void refuse(String why) {
        refused = true;
        notes.accept("the " + wantedName + " kernel does not work here (" + why + "); the scalar one goes on");
    }

    private StepRunner newRunner() {
        CompiledNetwork now = plain;
        return now == null ? ready.newRunner() : new Runner(now.newRunner());
    }

    /** Ends the warming up at its next step, as a closed network takes none, and waits for that: it reads the bundle's weights. */
    private void close() {
        closed = true;
        CompiledNetwork warming = candidate;
        if (warming != null) {
            warming.close();
        }
        HelperThreads.end(thread);
        if (plain != null) {
            plain.close();
        }
    }

    private final class Runner implements StepRunner {
        private StepRunner runner;
        private boolean onPlain = true;
        private long skippedOnPlain;

        Runner(StepRunner runner) {
            this.runner = runner;
        }

        private StepRunner current() {
            if (onPlain && ready != null) {
                StepRunner next = ready.newRunner();
                if (causal) {
                    float[] state = new float[RecurrentState.size(bundle.manifest().network())];
                    runner.copyStateTo(state);
                    next.copyStateFrom(state);
                }
                skippedOnPlain = runner.skippedMultiplyAccumulates();
                runner = next;
                onPlain = false;
            }
            return runner;
        }

        @Override
        public void step(float[] features, int offset, float[] output) {
            current().step(features, offset, output);
        }

        @Override
        public void advance(float[] features, int offset) {
            current().advance(features, offset);
        }

        @Override
        public void window(float[] ring, int inputSize, int capacity, int first, int steps, float[] output) {
            current().window(ring, inputSize, capacity, first, steps, output);
        }

        @Override
        public void windows(float[] features, int inputSize, int steps, int windows, float[] outputs, int outputSize) {
            current().windows(features, inputSize, steps, windows, outputs, outputSize);
        }

        @Override
        public void reset() {
            current().reset();
            skippedOnPlain = 0;
        }

        @Override
        public void copyStateTo(float[] state) {
            current().copyStateTo(state);
        }

        @Override
        public void copyStateFrom(float[] state) {
            current().copyStateFrom(state);
            skippedOnPlain = 0;
        }

        @Override
        public long skippedMultiplyAccumulates() {
            return skippedOnPlain + runner.skippedMultiplyAccumulates();
        }
    }
}
