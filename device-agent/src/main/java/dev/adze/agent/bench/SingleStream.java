package dev.adze.agent.bench;

import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * MLPerf's single-stream scenario: the next query is issued when the one before is answered, for at least a time and a
 * number of queries. A query is what one decision costs: preprocessing of one step and inference.
 */
public final class SingleStream {
    private static final long LONGEST_NANOS = 3_600_000_000_000L;
    private static final long LOOK_EVERY = 64;

    private final long leastNanos;
    private final long leastQueries;
    private final LongSupplier nanoTime;

    public SingleStream(long leastNanos, long leastQueries, LongSupplier nanoTime) {
        this.leastNanos = leastNanos;
        this.leastQueries = leastQueries;
        this.nanoTime = nanoTime;
    }

    /**
     * @param latencies of every query in nanoseconds, to 0.1 %
     * @param nanos     from the first query's start to the last one's end
     */
    public record Result(Histogram latencies, long nanos, long leastNanos, long leastQueries) {
        public long queries() {
            return latencies.getTotalCount();
        }

        public boolean valid() {
            return nanos >= leastNanos && queries() >= leastQueries && earlyStopping(0.9) >= 0;
        }

        /** What was observed: the query of rank ceil(p n), rounded up by at most 0.1 %. */
        public long observed(double percentile) {
            return latencies.getValueAtPercentile(100 * percentile);
        }

        /** The early stopping estimate of a percentile in nanoseconds, rounded up by at most 0.1 %; -1 from too few queries. */
        public long earlyStopping(double percentile) {
            long over = EarlyStopping.overlatencyQueries(queries(), percentile);
            if (over < 1) {
                return -1;
            }
            // The middle of the rank, so that rounding cannot hit its neighbour.
            return latencies.getValueAtPercentile(100 * (queries() - over + 0.5) / queries());
        }

        /** Slowest queries that the estimate leaves out. */
        public long leftOut(double percentile) {
            return Math.max(0, EarlyStopping.overlatencyQueries(queries(), percentile) - 1);
        }

        /** Fewest queries for an estimate of the percentile. */
        public static long fewestQueries(double percentile) {
            return EarlyStopping.fewestQueries(percentile);
        }
    }

    /** @param stopped asked now and then; true ends the run, which is then not valid unless it is long enough */
    public Result run(EdgeModel model, List<GoldenCase> library, BooleanSupplier stopped) {
        var latencies = new Histogram(1, LONGEST_NANOS, 3);
        int channels = model.manifest().preprocess().channels().size();
        float[] raw = new float[channels];
        float[] outputs = new float[model.manifest().task().outputs().size()];
        try (ModelSession session = model.newModelSession()) {
            long begin = nanoTime.getAsLong();
            long end = begin;
            int sample = 0;
            int step = 0;
            for (long query = 0; query < leastQueries || end - begin < leastNanos; query++) {
                if (query % LOOK_EVERY == 0 && stopped.getAsBoolean()) {
                    break;
                }
                GoldenCase samples = library.get(sample);
                System.arraycopy(samples.inputs(), step * channels, raw, 0, channels);
                long start = nanoTime.getAsLong();
                session.preprocess(raw);
                session.infer(outputs);
                end = nanoTime.getAsLong();
                latencies.recordValue(Math.min(LONGEST_NANOS, Math.max(1, end - start)));
                if (++step == samples.steps()) {
                    step = 0;
                    sample = (sample + 1) % library.size();
                }
            }
            return new Result(latencies, end - begin, leastNanos, leastQueries);
        }
    }
}
