package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.session.GoldenCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Builds every candidate, drops those that miss the golden vectors, times the rest and keeps the fastest. */
final class EngineTrial {
    private static final int WARM_UP_CALLS = 50;
    private static final int TIMED_CALLS = 200;

    private final ModelSource model;
    private final Function<Candidate, TensorRtProgram> open;
    private final LongSupplier nanoTime;

    EngineTrial(ModelSource model, Function<Candidate, TensorRtProgram> open, LongSupplier nanoTime) {
        this.model = model;
        this.open = open;
        this.nanoTime = nanoTime;
    }

    /** @param found what was found out about each candidate, for people */
    record Chosen(Candidate candidate, TensorRtProgram program, String found) {}

    /** @throws AdzeException UNAVAILABLE if none can be built or none agrees */
    Chosen fastest(List<Candidate> candidates) {
        var found = new ArrayList<String>();
        Chosen best = null;
        double bestMicros = Double.POSITIVE_INFINITY;
        for (Candidate candidate : candidates) {
            TensorRtProgram program = null;
            try {
                program = open.apply(candidate);
                Optional<String> disagreement = disagreement(program);
                if (disagreement.isPresent()) {
                    found.add(candidate.text() + " " + disagreement.get());
                    continue;
                }
                double micros = micros(program.newRunner());
                found.add(String.format(Locale.ROOT, "%s %.1f us", candidate.text(), micros));
                if (micros < bestMicros) {
                    bestMicros = micros;
                    TensorRtProgram slower = best == null ? null : best.program();
                    best = new Chosen(candidate, program, "");
                    program = slower;
                }
            } catch (AdzeException e) {
                found.add(candidate.text() + ": " + e.getMessage());
            } finally {
                if (program != null) {
                    program.close();
                }
            }
        }
        if (best == null) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "TensorRT serves this model in no form ("
                    + String.join("; ", found) + ")");
        }
        return new Chosen(best.candidate(), best.program(), String.join(", ", found));
    }

    /** The candidate that was the fastest before, if it still works and agrees. */
    Optional<Chosen> again(Candidate candidate, String found) {
        TensorRtProgram program = null;
        try {
            program = open.apply(candidate);
            if (disagreement(program).isPresent()) {
                return Optional.empty();
            }
            var chosen = new Chosen(candidate, program, found);
            program = null;
            return Optional.of(chosen);
        } catch (AdzeException e) {
            return Optional.empty();
        } finally {
            if (program != null) {
                program.close();
            }
        }
    }

    /** How far a program is from the golden vectors, if it is too far. */
    private Optional<String> disagreement(TensorRtProgram program) {
        var manifest = model.bundle().manifest();
        try (var hosted = CompiledNetwork.hosted(manifest.network(), manifest.precision(), () -> "tensorrt", "tried",
                program::newRunner, () -> { })) {
            GoldenCheck.Deviation worst = GoldenCheck.worst(model.bundle(), hosted);
            return worst.tolerable() ? Optional.empty() : Optional.of(String.format(Locale.ROOT,
                    "misses golden vector %d by %.2g (allowed %.2g)", worst.goldenCase(), worst.difference(), worst.allowed()));
        }
    }

    /** Median of a call. */
    private double micros(StepRunner runner) {
        var manifest = model.bundle().manifest();
        int steps = steps();
        int inputs = manifest.network().inputSize();
        float[] features = new float[steps * inputs];
        var random = new Random(1);
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        float[] output = new float[manifest.network().outputSize()];
        long[] nanos = new long[TIMED_CALLS];
        for (int i = -WARM_UP_CALLS; i < TIMED_CALLS; i++) {
            long start = nanoTime.getAsLong();
            if (steps == 1) {
                runner.step(features, 0, output);
            } else {
                runner.window(features, inputs, steps, 0, steps, output);
            }
            if (i >= 0) {
                nanos[i] = nanoTime.getAsLong() - start;
            }
        }
        Arrays.sort(nanos);
        return nanos[TIMED_CALLS / 2] / 1e3;
    }

    /** Of a call. */
    int steps() {
        TaskSpec task = model.bundle().manifest().task();
        return switch (task.mode()) {
            case STREAM -> 1;
            case WINDOW -> task.windowSteps();
        };
    }
}
