package dev.adze.agent.otlp;

import dev.adze.agent.ledger.ExponentialBuckets;

/**
 * A latency histogram as OTLP has it: bucket {@code offset + k} holds the seconds in {@code (b^i, b^(i+1)]} of its index i, with
 * {@code b = 2^(2^-scale)}; Prometheus counts the same bucket as i + 1. Empty buckets between two others are told too, so
 * neighbours are joined until there are at most {@value #MOST}, the specification's own default.
 */
record DenseBuckets(int scale, int offset, long zeros, long[] counts) {
    static final int MOST = 160;

    static DenseBuckets of(ExponentialBuckets sparse) {
        int[] indexes = sparse.indexes();
        if (indexes.length == 0) {
            return new DenseBuckets(ExponentialBuckets.SCHEMA, 0, sparse.zeros(), new long[0]);
        }
        int first = indexes[0] - 1;
        int last = indexes[indexes.length - 1] - 1;
        int joined = 0;
        while ((last >> joined) - (first >> joined) >= MOST) {
            joined++;
        }
        long[] counts = new long[(last >> joined) - (first >> joined) + 1];
        for (int i = 0; i < indexes.length; i++) {
            counts[(indexes[i] - 1 >> joined) - (first >> joined)] += sparse.counts()[i];
        }
        return new DenseBuckets(ExponentialBuckets.SCHEMA - joined, first >> joined, sparse.zeros(), counts);
    }
}
