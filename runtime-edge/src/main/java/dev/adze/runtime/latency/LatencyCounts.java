package dev.adze.runtime.latency;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.PackedHistogram;

/**
 * What a {@link LatencyHistogram} held at one moment: how many samples of each latency, to 0.1 %. Takes 16 bytes for each
 * latency that occurred, some kB in all. Any number of percentiles are then read by binary search: going through the
 * histogram takes a hundred times as long. Immutable.
 */
public final class LatencyCounts {
    /** Empty: only asked which values it does not tell apart. */
    private static final AbstractHistogram SHAPE = new PackedHistogram(1, LatencyHistogram.MAX_NANOS, LatencyHistogram.DIGITS);

    /** The longest latency of each bucket that holds a sample, ascending. */
    private final long[] longest;
    /** Samples in that bucket and all before it. */
    private final long[] upTo;

    private LatencyCounts(Filling filling) {
        longest = Arrays.copyOf(filling.longest, filling.size);
        upTo = Arrays.copyOf(filling.upTo, filling.size);
    }

    /** Takes the samples, those within 0.1 % of each other together. */
    public interface SampleConsumer {
        void accept(long nanos, long count);
    }

    /** Grows as samples come. */
    private static final class Filling implements SampleConsumer {
        private long[] longest = new long[256];
        private long[] upTo = new long[256];
        private int size;

        @Override
        public void accept(long nanos, long count) {
            long value = SHAPE.highestEquivalentValue(Math.clamp(nanos, 0L, LatencyHistogram.MAX_NANOS));
            boolean further = size > 0 && longest[size - 1] == value;
            if (count < 1 || size > 0 && value < longest[size - 1]) {
                throw new IllegalArgumentException(count + " of " + nanos + " ns: not ascending, or none");
            }
            if (!further && size == longest.length) {
                longest = Arrays.copyOf(longest, 2 * size);
                upTo = Arrays.copyOf(upTo, 2 * size);
            }
            long before = size == 0 ? 0 : upTo[size - 1];
            size += further ? 0 : 1;
            longest[size - 1] = value;
            upTo[size - 1] = before + count;
        }
    }

    static LatencyCounts of(AbstractHistogram histogram) {
        var filling = new Filling();
        for (HistogramIterationValue bucket : histogram.recordedValues()) {
            filling.accept(bucket.getValueIteratedTo(), bucket.getCountAtValueIteratedTo());
        }
        return new LatencyCounts(filling);
    }

    /**
     * Of samples counted elsewhere.
     *
     * @param samples tells them, ascending
     */
    public static LatencyCounts of(Consumer<SampleConsumer> samples) {
        var filling = new Filling();
        samples.accept(filling);
        return new LatencyCounts(filling);
    }

    /** All samples. */
    public long count() {
        return upTo.length == 0 ? 0 : upTo[upTo.length - 1];
    }

    /** Smallest sample, to 0.1 %; empty if there is none. */
    public OptionalLong min() {
        return count() == 0 ? OptionalLong.empty() : OptionalLong.of(SHAPE.lowestEquivalentValue(longest[0]));
    }

    /** Largest sample, to 0.1 %; empty if there is none. */
    public OptionalLong max() {
        return count() == 0 ? OptionalLong.empty() : OptionalLong.of(atMost(longest[longest.length - 1]));
    }

    /** Mean in nanoseconds, to 0.1 %; NaN if there is no sample. */
    public double mean() {
        double sum = 0;
        for (int i = 0; i < longest.length; i++) {
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
        for (int i = 0; i < longest.length; i++) {
            samples.accept(SHAPE.medianEquivalentValue(longest[i]), in(i));
        }
    }

    private long in(int bucket) {
        return upTo[bucket] - (bucket == 0 ? 0 : upTo[bucket - 1]);
    }

    /** Where the sample of a 1-based rank lies. */
    private int bucketOf(long rank) {
        int found = Arrays.binarySearch(upTo, rank);
        return found >= 0 ? found : -found - 1;
    }

    /** The last bucket reaches beyond the longest latency that is recorded. */
    private static long atMost(long nanos) {
        return Math.min(LatencyHistogram.MAX_NANOS, nanos);
    }
}
