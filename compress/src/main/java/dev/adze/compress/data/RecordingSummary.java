package dev.adze.compress.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a look at a recording tells before anything is trained on it.
 *
 * @param rows     in all series
 * @param channels in the recording's order
 * @param series   how rows are grouped
 * @param time     null where rows are not in time
 */
public record RecordingSummary(int rows, List<ChannelSummary> channels, SeriesSummary series, TimeSummary time) {
    /**
     * One channel over all rows.
     *
     * @param validPercent  rows with a value, 0 to 100
     * @param gaps          runs of missing values
     * @param longestGap    rows of the longest run
     * @param min           null, like mean, max and std, where there is no value
     * @param std           population standard deviation
     * @param constant      whether all values are equal
     * @param duplicateOf   the earlier channel that says the same, or null
     * @param correlation   Pearson's, with {@code duplicateOf}; 1 also for channels that are equal bit for bit
     */
    public record ChannelSummary(String name, String unit, double validPercent, int gaps, int longestGap, Double min,
            Double mean, Double max, Double std, boolean constant, String duplicateOf, Double correlation) {}

    /** Number of series, of different units among them, and rows in the shortest, the middle and the longest series. */
    public record SeriesSummary(int count, int units, int minRows, int medianRows, int maxRows) {}

    /**
     * Time within series.
     *
     * @param periodMillis    nominal: stated, or the median step
     * @param medianMillis    median of the steps above 0
     * @param jitterMillis    median distance of a step from the median step
     * @param p99JitterMillis 99 % of the steps lie within this distance
     * @param repeatedTimes   rows that have the time of the row before
     * @param gapFactor       a step of more than so many periods is a gap
     * @param gaps            number of gaps
     * @param longestGaps     at most five of them
     */
    public record TimeSummary(long fromMillis, long toMillis, long periodMillis, double medianMillis, double jitterMillis,
            double p99JitterMillis, int repeatedTimes, double gapFactor, int gaps, List<Gap> longestGaps) {}

    /** A pause between two rows of one series. */
    public record Gap(String unitId, long afterMillis, long lengthMillis) {}

    /** @param gapFactor a time step of more than so many periods is a gap; above 1 */
    public static RecordingSummary of(SensorRecording recording, double gapFactor) {
        var channels = new ArrayList<ChannelSummary>();
        Duplicates duplicates = new Duplicates(recording);
        for (int k = 0; k < recording.channelCount(); k++) {
            channels.add(channel(recording, k, duplicates));
        }
        int[] lengths = recording.series().stream().mapToInt(Series::rowCount).sorted().toArray();
        int units = (int) recording.series().stream().map(Series::unitId).distinct().count();
        var series = new SeriesSummary(lengths.length, units, lengths[0], lengths[lengths.length / 2], lengths[lengths.length - 1]);
        return new RecordingSummary(recording.rowCount(), List.copyOf(channels), series,
                recording.hasTimestamps() ? time(recording, gapFactor) : null);
    }

    private static ChannelSummary channel(SensorRecording recording, int k, Duplicates duplicates) {
        int valid = 0;
        int gaps = 0;
        int longest = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double mean = 0;
        double squares = 0;
        for (Series s : recording.series()) {
            int run = 0;
            for (int row = s.startRow(); row < s.endRow(); row++) {
                double v = recording.value(k, row);
                if (Double.isNaN(v)) {
                    gaps += run == 0 ? 1 : 0;
                    run++;
                    longest = Math.max(longest, run);
                    continue;
                }
                run = 0;
                valid++;
                min = Math.min(min, v);
                max = Math.max(max, v);
                double delta = v - mean; // Welford 1962
                mean += delta / valid;
                squares += delta * (v - mean);
            }
        }
        Channel c = recording.channels().get(k);
        double percent = 100.0 * valid / recording.rowCount();
        if (valid == 0) {
            return new ChannelSummary(c.name(), c.unit(), 0, gaps, longest, null, null, null, null, false, null, null);
        }
        Duplicates.Match match = min == max ? null : duplicates.of(k);
        return new ChannelSummary(c.name(), c.unit(), percent, gaps, longest, shortest(min), mean, shortest(max), Math.sqrt(squares / valid),
                min == max, match == null ? null : recording.channels().get(match.channel()).name(),
                match == null ? null : match.correlation());
    }

    /** The shortest decimal number that is this float: 0.1 instead of 0.10000000149. */
    private static double shortest(double value) {
        return Double.parseDouble(Float.toString((float) value));
    }

    private static TimeSummary time(SensorRecording recording, double gapFactor) {
        long[] times = recording.timestampsMillis();
        long[] steps = Periods.sortedSteps(times, recording.series());
        double median = steps.length == 0 ? 0 : steps[steps.length / 2];
        double[] jitter = Arrays.stream(steps).mapToDouble(step -> Math.abs(step - median)).sorted().toArray();
        int repeated = 0;
        var gaps = new ArrayList<Gap>();
        for (Series s : recording.series()) {
            for (int row = s.startRow() + 1; row < s.endRow(); row++) {
                long step = times[row] - times[row - 1];
                repeated += step == 0 ? 1 : 0;
                if (step > gapFactor * recording.periodMillis()) {
                    gaps.add(new Gap(s.unitId(), times[row - 1], step));
                }
            }
        }
        List<Gap> longest = gaps.stream().sorted((a, b) -> Long.compare(b.lengthMillis, a.lengthMillis)).limit(5).toList();
        return new TimeSummary(Arrays.stream(times).min().orElse(0), Arrays.stream(times).max().orElse(0),
                recording.periodMillis(), median, quantile(jitter, 0.5), quantile(jitter, 0.99), repeated, gapFactor,
                gaps.size(), longest);
    }

    private static double quantile(double[] sorted, double q) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.ceil(q * sorted.length))];
    }
}
