package dev.adze.runtime.latency;

import dev.adze.runtime.AdzeException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * A histogram of latencies in nanoseconds, from 1 ns to 1 hour with three significant digits: a value read back is
 * within 0.1 % of what was recorded. About 270 kB. {@link #record} takes some nanoseconds and allocates nothing.
 * Histograms of the same thing add up exactly ({@link #add}), over time and over devices.
 *
 * <p>Percentiles are refused when there are too few samples ({@link Percentile#minimumSamples}). Not thread-safe:
 * record and read on one thread, or {@link #copy} on the recording thread and hand the copy over.
 */
public final class LatencyHistogram {
    /** One hour. Longer ones are recorded as this. */
    public static final long MAX_NANOS = 3_600_000_000_000L;

    static final int DIGITS = 3;
    private static final int COMPRESSED_HEADER = 8;
    private static final int HEADER = 40;
    private static final int MAX_ENCODED_PAYLOAD = 1 << 20;

    private final Histogram histogram;

    public LatencyHistogram() {
        this(new Histogram(1, MAX_NANOS, DIGITS));
    }

    private LatencyHistogram(Histogram histogram) {
        this.histogram = histogram;
    }

    /** A negative duration (a clock's fault) counts as 0, one over {@link #MAX_NANOS} as that. */
    public void record(long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0L, MAX_NANOS));
    }

    public void reset() {
        histogram.reset();
    }

    /** Adds all samples of the other histogram. */
    public void add(LatencyHistogram other) {
        histogram.add(other.histogram);
    }

    public LatencyHistogram copy() {
        return new LatencyHistogram(histogram.copy());
    }

    /** Makes the other histogram equal to this one; allocates nothing. */
    public void copyInto(LatencyHistogram other) {
        histogram.copyInto(other.histogram);
    }

    /** For reading more than one figure, or the samples themselves. Takes a millisecond or less. */
    public LatencyCounts counts() {
        var counts = new LatencyCounts();
        counts.set(this);
        return counts;
    }

    Iterable<HistogramIterationValue> recorded() {
        return histogram.recordedValues();
    }

    public long count() {
        return histogram.getTotalCount();
    }

    /** Smallest sample, to 0.1 %; empty if there is none. */
    public OptionalLong min() {
        return count() == 0 ? OptionalLong.empty() : OptionalLong.of(histogram.getMinValue());
    }

    /** Largest sample, to 0.1 %; empty if there is none. */
    public OptionalLong max() {
        return count() == 0 ? OptionalLong.empty() : OptionalLong.of(Math.min(MAX_NANOS, histogram.getMaxValue()));
    }

    /** Mean in nanoseconds, to 0.1 %; NaN if there is no sample. */
    public double mean() {
        return count() == 0 ? Double.NaN : histogram.getMean();
    }

    /** The sample of rank ceil(fraction * n), rounded up by at most 0.1 %; empty if there are too few samples. */
    public OptionalLong percentile(Percentile percentile) {
        return count() < percentile.minimumSamples() ? OptionalLong.empty() : counts().percentile(percentile);
    }

    /**
     * Where the true percentile lies with at least the given confidence, from order statistics, no distribution
     * assumed. Samples are taken as independent; latencies that come in bursts are less so, and the true interval is
     * then wider.
     *
     * @param lowNanos  lower end
     * @param highNanos upper end
     */
    public record Interval(long lowNanos, long highNanos) {}

    /**
     * @param confidence for example 0.95
     * @return null if there are too few samples for the percentile or for this confidence
     */
    public Interval interval(Percentile percentile, double confidence) {
        return counts().interval(percentile, confidence);
    }

    /** For people: {@code 1.23 ms}, or {@code n/a (n=37)} if there are too few samples. */
    public String text(Percentile percentile) {
        OptionalLong nanos = percentile(percentile);
        return nanos.isPresent() ? text(nanos.getAsLong()) : "n/a (n=" + count() + ")";
    }

    /** A duration with three significant digits and its unit: {@code 850 ns}, {@code 56.1 µs}, {@code 1.23 ms}. */
    public static String text(long nanos) {
        String[] units = {"ns", "\u00b5s", "ms", "s"};
        double value = nanos;
        int unit = 0;
        while (unit < units.length - 1 && value >= 999.5) {
            value /= 1000;
            unit++;
        }
        String format = unit == 0 || value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
        return String.format(Locale.ROOT, format, value, units[unit]);
    }

    /** HdrHistogram's compressed V2 form in Base64, which its tools in other languages read too. */
    public String encode() {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(buffer.array(), length));
    }

    /** @throws AdzeException BAD_DATA if the text is no histogram of this range and precision */
    public static LatencyHistogram decode(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            requireOurShape(bytes);
            return new LatencyHistogram(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0));
        } catch (RuntimeException | DataFormatException e) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA,
                    "damaged latency histogram (" + e.getMessage() + "); take it again from its source", e);
        }
    }

    /** Looks at the header before the library allocates what the header asks for. */
    private static void requireOurShape(byte[] bytes) throws DataFormatException {
        require(bytes.length > COMPRESSED_HEADER, "too short");
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes, COMPRESSED_HEADER, bytes.length - COMPRESSED_HEADER);
            byte[] header = new byte[HEADER];
            require(inflater.inflate(header) == HEADER, "too short");
            ByteBuffer fields = ByteBuffer.wrap(header); // cookie, payload, offset, digits, lowest, highest, ratio
            int payload = fields.getInt(4);
            require(payload >= 0 && payload <= MAX_ENCODED_PAYLOAD && fields.getInt(8) == 0
                    && fields.getInt(12) == DIGITS && fields.getLong(16) == 1 && fields.getLong(24) == MAX_NANOS
                    && fields.getDouble(32) == 1.0, "not 1 ns to 1 hour with three digits");
        } finally {
            inflater.end();
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LatencyHistogram that && histogram.equals(that.histogram);
    }

    @Override
    public int hashCode() {
        return histogram.hashCode();
    }

    /** For example {@code n=2000 p50=56.1 µs p90=… p99=… p99.9=n/a (n=2000) max=…}. */
    @Override
    public String toString() {
        var text = new StringBuilder("n=" + count());
        for (Percentile percentile : Percentile.values()) {
            text.append(' ').append(percentile.label()).append('=').append(text(percentile));
        }
        return text.append(" max=").append(max().isPresent() ? text(max().getAsLong()) : "n/a").toString();
    }
}
