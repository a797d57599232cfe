package dev.adze.runtime.backend;

import dev.adze.runtime.backend.BackendTable.Row;
import dev.adze.runtime.backend.BackendTable.Verdict;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.latency.Percentile;
import dev.adze.runtime.preprocess.Preprocessor;
import dev.adze.runtime.session.GoldenCheck;
import dev.adze.runtime.session.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tries engines on a model: golden vectors first, then times. Engines are timed in turn, a few calls each, so that a
 * change of the machine's load meets all alike.
 */
final class BackendTrial {
    /** Of each engine before times count: Java compiles its kernels meanwhile. */
    private static final long WARM_UP_NANOS = 300_000_000L;
    /** Of each engine at most, however many samples that gives. */
    private static final long TIMED_NANOS = 700_000_000L;
    private static final int CALLS_A_TURN = 25;
    private static final int LEAST_SAMPLES = 5;

    private final ModelSource model;
    private final Percentile percentile;
    private final LongSupplier nanoTime;
    private final float[] features;
    private final int steps;

    BackendTrial(ModelSource model, Percentile percentile, LongSupplier nanoTime) {
        this.model = model;
        this.percentile = percentile;
        this.nanoTime = nanoTime;
        GoldenCase golden = model.bundle().goldenCases().getFirst();
        steps = golden.steps();
        features = features(model.bundle().manifest(), golden);
    }

    BackendTable run(List<Backend> backends) {
        var rows = new ArrayList<Row>();
        var running = new LinkedHashMap<Integer, Timed>();
        try {
            for (Backend backend : backends) {
                rows.add(compare(backend, rows.size(), running));
            }
            for (Timed timed : running.values()) {
                timed.warmUp();
            }
            while (running.values().stream().anyMatch(Timed::wantsMore)) {
                running.values().forEach(Timed::turn);
            }
            running.forEach((index, timed) -> rows.set(index, timed.row(rows.get(index))));
        } finally {
            running.values().forEach(Timed::close);
        }
        TaskSpec task = model.bundle().manifest().task();
        return new BackendTable(percentile, task.mode() == TaskSpec.Mode.STREAM ? "step"
                : "window of " + window() + " steps", rows);
    }

    private Row compare(Backend backend, int index, Map<Integer, Timed> running) {
        Optional<String> obstacle = backend.obstacle(model);
        if (obstacle.isPresent()) {
            return Row.untimed(backend.name(), "", Verdict.ABSENT, obstacle.get(), Double.NaN);
        }
        String identity = "";
        CompiledNetwork network = null;
        try {
            identity = backend.identity(model);
            network = backend.compile(model);
            GoldenCheck.Deviation worst = GoldenCheck.worst(model.bundle(), network);
            if (worst.tolerable()) {
                running.put(index, new Timed(network));
                network = null;
                return Row.untimed(backend.name(), identity, Verdict.AGREES, "", worst.difference());
            }
            return Row.untimed(backend.name(), identity, Verdict.DISAGREES, "golden vector " + worst.goldenCase()
                    + ", output " + worst.output() + " should be " + worst.expected() + " but is " + worst.actual()
                    + " (allowed difference " + worst.allowed() + ")", worst.difference());
        } catch (RuntimeException | LinkageError e) {
            return Row.untimed(backend.name(), identity, Verdict.FAILED, reason(e), Double.NaN);
        } finally {
            if (network != null) {
                network.close();
            }
        }
    }

    static String reason(Throwable e) {
        return String.valueOf(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }

    private int window() {
        return Math.min(steps, model.bundle().manifest().task().windowSteps());
    }

    private static float[] features(Manifest manifest, GoldenCase golden) {
        var preprocessor = new Preprocessor(manifest.preprocess());
        int channels = manifest.preprocess().channels().size();
        int inputs = manifest.network().inputSize();
        float[] features = new float[golden.steps() * inputs];
        float[] raw = golden.inputs();
        for (int t = 0; t < golden.steps(); t++) {
            preprocessor.apply(raw, t * channels, features, t * inputs);
        }
        return features;
    }

    /** One engine being timed. */
    private final class Timed {
        private final CompiledNetwork network;
        private final Session session;
        private final int inputs;
        private final float[] stepFeatures;
        private final float[] output;
        private final long[] nanos = new long[(int) percentile.minimumSamples()];
        private int samples;
        private long spent;
        private int step;
        private String failure;

        Timed(CompiledNetwork network) {
            this.network = network;
            session = new Session(network);
            inputs = network.network().inputSize();
            stepFeatures = new float[inputs];
            output = new float[network.network().outputSize()];
        }

        void warmUp() {
            long start = nanoTime.getAsLong();
            for (int i = 0; i < 20_000 && failure == null && nanoTime.getAsLong() - start < WARM_UP_NANOS; i++) {
                call();
            }
        }

        boolean wantsMore() {
            return failure == null && samples < nanos.length && (spent < TIMED_NANOS || samples < LEAST_SAMPLES);
        }

        void turn() {
            for (int i = 0; i < CALLS_A_TURN && wantsMore(); i++) {
                long took = call();
                if (failure == null) {
                    nanos[samples++] = took;
                    spent += took;
                }
            }
        }

        private long call() {
            try {
                switch (model.bundle().manifest().task().mode()) {
                    case STREAM -> {
                        System.arraycopy(features, step * inputs, stepFeatures, 0, inputs);
                        step = (step + 1) % steps;
                        long start = nanoTime.getAsLong();
                        session.infer(stepFeatures, output);
                        return nanoTime.getAsLong() - start;
                    }
                    case WINDOW -> {
                        long start = nanoTime.getAsLong();
                        session.inferWindow(features, window(), output);
                        return nanoTime.getAsLong() - start;
                    }
                }
            } catch (RuntimeException | LinkageError e) {
                failure = reason(e);
            }
            return 0;
        }

        Row row(Row compared) {
            if (failure != null) {
                return Row.untimed(compared.name(), compared.identity(), Verdict.FAILED, failure, compared.largest());
            }
            long[] sorted = Arrays.copyOf(nanos, samples);
            Arrays.sort(sorted);
            return new Row(compared.name(), compared.identity(), Verdict.AGREES, "", compared.largest(),
                    at(sorted, 0.5), at(sorted, percentile.fraction()), samples);
        }

        /** Nearest rank, in microseconds. */
        private static double at(long[] sorted, double fraction) {
            return sorted[Math.max(0, (int) Math.ceil(fraction * sorted.length) - 1)] / 1e3;
        }

        void close() {
            session.close();
            network.close();
        }
    }
}
