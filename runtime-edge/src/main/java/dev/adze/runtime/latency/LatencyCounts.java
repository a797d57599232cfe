package dev.adze.runtime.latency;

import java.util.Arrays;
import java.util.OptionalLong;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.PackedHistogram;

/**
 * How many samples there are of each latency, to 0.1 %, ascending: any number of percentiles are then read by binary search,
 * where going through a {@link LatencyHistogram} for each takes a hundred times as long. Takes 16 bytes for each latency that
 * occurred. To be filled again and again: it allocates nothing once it is large enough. Not thread-safe.
 */
public final class LatencyCounts {
    /** Empty: only asked which values it does not tell apart. */
    private static final AbstractHistogram SHAPE = new PackedHistogram(1, LatencyHistogram.MAX_NANOS, LatencyHistogram.DIGITS);

    /** The longest latency of each bucket that holds a sample, ascending. */
    private long[] longest = new long[256];
    /** Samples in that bucket and all before it. */
    private long[] upTo = new long[256];
    private int size;

    /** Takes the samples, those within 0.1 % of each other together. */
    public interface SampleConsumer {
        void accept(long nanos, long count);
    }

    /** Forgets all samples. */
    public void clear() {
        size = 0;
    }

    /** Forgets all samples and counts those of a histogram. */
    public void set(LatencyHistogram histogram) {
        clear();
        for (HistogramIterationValue bucket : histogram.recorded()) {
            add(bucket.getValueIteratedTo(), bucket.getCountAtValueIteratedTo());
        }
    }

    /**
     * Counts samples that were counted elsewhere.
     *
     * @param nanos not below what was added before; below 0 counts as 0, over an hour as that
     * @param count at least 1
     */
    public void add(long nanos, long count) {
        long value = SHAPE.highestEquivalentValue(Math.clamp(nanos, 0L, LatencyHistogram.MAX_NANOS));
        boolean further = size > 0 && longest[size - 1] == value;
        if (count < 1 || size > 0 && value < longest[size - 1]) {
            throw new IllegalArgumentException(count + " of " + nanos + " ns: not ascending, or none");
        }
        if (!further && size == longest.length) {
            longest = Arrays.copyOf(longest, 2 * size);
            upTo = Arrays.copyOf(upTo, 2 * size);
        }
        long before = count();
        size += further ? 0 : 1;
        longest[size - 1] = value;
        upTo[size - 1] = before + count;
    }

    /** All samples. */
    public long count() {
        return size == 0 ? 0 : upTo[size - 1];
    }

    /** Smallest sample, to 0.1 %; empty if there is none. */
    public OptionalLong min() {
        return count() == 0 ? OptionalLong.empty() : OptionalLong.of(SHAPE.lowestEquivalentValue(longest[0]));
    }

    /** Largest sample, to 0.1 %; empty if there is none. */
    public OptionalLong max() {
        return count() == 0 ? OptionalLong.empty() : OptionalLong.of(atMost(longest[size - 1]));
    }

    /** Mean in nanoseconds, to 0.1 %; NaN if there is no sample. */
    public double mean() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += SHAPE.medianEquivalentValue(longest[i]) * (double) in(i);
        }
        return sum / count();
    }

    /** The sample of rank ceil(fraction * n), rounded up by at most 0.1 %; empty if there are too few samples. */
    public OptionalLong percentile(Percentile percentile) {
        long n = count();
        return n < percentile.minimumSamples() ? OptionalLong.empty()
                : OptionalLong.of(atMost(longest[bucketOf(Math.max(1, (long) Math.ceil(percentile.fraction() * n)))]));
    }

    /**
     * As {@link LatencyHistogram#interval}.
     *
     * @return null if there are too few samples for the percentile or for this confidence
     */
    public LatencyHistogram.Interval interval(Percentile percentile, double confidence) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("confidence " + confidence + " must be between 0 and 1");
        }
        long n = count();
        if (n < percentile.minimumSamples()) {
            return null;
        }
        OrderStatistics.Ranks ranks = OrderStatistics.interval(n, percentile.fraction(), confidence);
        return ranks.low() < 1 || ranks.high() > n ? null
                : new LatencyHistogram.Interval(SHAPE.lowestEquivalentValue(longest[bucketOf(ranks.low())]),
                        atMost(longest[bucketOf(ranks.high())]));
    }

    /** All samples, ascending, each told as the middle of its 0.1 %. */
    public void forEach(SampleConsumer samples) {
        for (int i = 0; i < size; i++) {
            samples.accept(atMost(SHAPE.medianEquivalentValue(longest[i])), in(i));
        }
    }

    private long in(int bucket) {
        return upTo[bucket] - (bucket == 0 ? 0 : upTo[bucket - 1]);
    }

    /** Where the sample of a 1-based rank lies. */
    private int bucketOf(long rank) {
        int found = Arrays.binarySearch(upTo, 0, size, rank);
        return found >= 0 ? found : -found - 1;
    }

    /** The last bucket reaches beyond the longest latency that is recorded. */
    private static long atMost(long nanos) {
        return Math.min(LatencyHistogram.MAX_NANOS, nanos);
    }
}
