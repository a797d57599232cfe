package dev.adze.runtime.kernel;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.preprocess.Preprocessor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What delta updates and block-sparse weights save: steps of several bundles of one model over the real inputs of their
 * golden cases, one after the other from zero state. The models take turns in blocks of many steps, of which the first
 * quarter is not measured: by then the weights lie in the caches.
 *
 * <pre>
 *   SparsityTiming rounds bundle ...
 * </pre>
 */
public final class SparsityTiming {
    private static final int BLOCK = 800;

    private record Subject(String name, StepRunner runner, float[][] features, boolean[] begins, long macs, double[] micros,
            long[] counts) {}

    private SparsityTiming() {}

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]);
        try (Arena arena = Arena.ofShared()) {
            List<Subject> subjects = new ArrayList<>();
            for (int i = 1; i < args.length; i++) {
                subjects.add(subject(Bundle.read(Path.of(args[i]), arena), rounds));
            }
            for (int round = -1; round < rounds; round++) { // the first one warms up
                for (Subject subject : subjects) {
                    run(subject, BLOCK / 4);
                    double micros = run(subject, BLOCK);
                    if (round >= 0) {
                        subject.micros()[round] = micros;
                    }
                }
            }
            print(subjects);
        }
    }

    private static Subject subject(Bundle bundle, int rounds) {
        List<float[]> features = new ArrayList<>();
        List<Boolean> begins = new ArrayList<>();
        for (GoldenCase golden : bundle.goldenCases()) {
            var preprocessor = new Preprocessor(bundle.manifest().preprocess());
            int channels = bundle.manifest().preprocess().channels().size();
            for (int t = 0; t < golden.steps(); t++) {
                float[] values = new float[bundle.manifest().network().inputSize()];
                preprocessor.apply(Arrays.copyOfRange(golden.inputs(), t * channels, (t + 1) * channels), values);
                features.add(values);
                begins.add(t == 0);
            }
        }
        boolean[] first = new boolean[begins.size()];
        for (int i = 0; i < first.length; i++) {
            first[i] = begins.get(i);
        }
        StepRunner runner = CompiledNetwork.compile(bundle.weights()).newRunner(); // open until the process ends
        return new Subject(bundle.manifest().name(), runner, features.toArray(float[][]::new), first,
                bundle.manifest().network().multiplyAccumulates(), new double[rounds], new long[2]);
    }

    /** @return microseconds a step */
    private static double run(Subject subject, int steps) {
        float[] output = new float[64];
        long nanos = 0;
        for (int i = 0; i < steps;) {
            for (int t = 0; t < subject.features().length; t++, i++) {
                if (subject.begins()[t]) {
                    subject.counts()[0] += subject.runner().skippedMultiplyAccumulates();
                    subject.runner().reset();
                }
                long start = System.nanoTime();
                subject.runner().step(subject.features()[t], 0, output);
                nanos += System.nanoTime() - start;
                subject.counts()[1]++;
            }
        }
        return nanos * 1e-3 / ((steps + subject.features().length - 1) / subject.features().length * subject.features().length);
    }

    private static void print(List<Subject> subjects) {
        System.out.printf("%s, %s, JDK %s%n", KernelChoice.best().name(), System.getProperty("os.arch"), Runtime.version());
        System.out.println("| model | multiply-accumulates skipped | fastest us | median us | time, median of rounds' ratios |");
        System.out.println("|---|---|---|---|---|");
        double[] whole = subjects.getFirst().micros().clone();
        for (Subject subject : subjects) {
            double[] micros = subject.micros();
            double[] ratios = new double[micros.length];
            for (int r = 0; r < ratios.length; r++) {
                ratios[r] = micros[r] / whole[r];
            }
            Arrays.sort(ratios);
            double[] sorted = micros.clone();
            Arrays.sort(sorted);
            System.out.printf(Locale.ROOT, "| %s | %.1f %% | %.2f | %.2f | %.2f |%n", subject.name(),
                    100.0 * subject.counts()[0] / ((double) subject.macs() * subject.counts()[1]), sorted[0],
                    sorted[sorted.length / 2], ratios[ratios.length / 2]);
        }
    }
}
