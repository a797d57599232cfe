package dev.adze.compress.bench;

import java.util.List;

/**
 * What to measure.
 *
 * @param engines ids of {@link Engines#IDS}
 * @param threads each in a run of its own
 * @param modes   each in a run of its own
 * @param seconds about how long one run lasts, warm-up and loading aside
 */
record BenchSpec(Workload workload, List<String> engines, List<Integer> threads, List<Mode> modes, double seconds,
        long seed) {}
