package dev.adze.compress.advise;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which channels tell of the target, and how far back.
 *
 * @param channels that tell more than chance does, the most telling first
 */
record Dependence(List<Told> channels) {
    private static final int BINS = 5;
    private static final int SURROGATES = 8;
    /** A mean of eight surrogates is uncertain: four deviations, and half a hundredth of a bit. */
    private static final double DEVIATIONS = 4;
    private static final double LEAST_BITS = 0.005;
    private static final int[] LAGS = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};

    /**
     * @param now      bits of the target that the channel's newest value tells
     * @param past     bits that an older value tells beyond the newest, at the best lag; 0 if not more than chance
     * @param lag      steps back to where older values still tell half as much as at the best lag; 0 without {@code past}
     */
    record Told(String channel, double now, double past, int lag) {
        double bits() {
            return now + past;
        }
    }

    /** Steps that a window needs to hold what the past tells; 0 if the present is all. */
    int memory() {
        return channels.stream().mapToInt(Told::lag).max().orElse(0);
    }

    /**
     * @param y      the target of every row, NaN where there is none
     * @param target the target's own channel, whose newest value is known; -1 where it is no input
     */
    static Dependence of(SensorRecording recording, List<Integer> inputs, float[] y, int target) {
        List<Series> series = recording.series();
        int longest = series.stream().mapToInt(Series::rowCount).max().orElse(0);
        int[] lags = IntStream.of(LAGS).filter(lag -> lag <= longest / 8).toArray();
        Binned wanted = Binned.of(y, BINS);
        Binned nothing = new Binned(new byte[y.length], 1);
        Binned known = target < 0 ? null : Binned.of(recording.column(target), BINS);
        var told = new ArrayList<Told>();
        for (int k : inputs) {
            Binned x = Binned.of(recording.column(k), BINS);
            if (x.count() < 2) {
                continue;
            }
            double now = aboveChance(x, wanted, nothing, series, 0);
            Binned given = known == null ? x : known;
            double[] past = IntStream.of(lags).mapToDouble(lag -> Information.bits(x, wanted, given, series, lag, 0)).toArray();
            int best = IntStream.range(0, past.length).boxed().max(Comparator.comparingDouble(i -> past[i])).orElse(-1);
            double most = best < 0 ? 0 : aboveChance(x, wanted, given, series, lags[best]);
            int end = best;
            while (most > 0 && end + 1 < past.length && past[end + 1] >= past[best] / 2) {
                end++;
            }
            if (now > 0 || most > 0) {
                told.add(new Told(recording.channelNames().get(k), now, most, most > 0 ? lags[end] : 0));
            }
        }
        told.sort(Comparator.comparingDouble(Told::bits).reversed());
        return new Dependence(List.copyOf(told));
    }

    /** Bits, if they are clearly more than surrogates have; else 0. */
    private static double aboveChance(Binned x, Binned y, Binned z, List<Series> series, int lag) {
        double bits = Information.bits(x, y, z, series, lag, 0);
        int longest = series.stream().mapToInt(Series::rowCount).max().orElse(1);
        double sum = 0;
        double squares = 0;
        for (int i = 1; i <= SURROGATES; i++) {
            // Turned by a fifth to four fifths of a series.
            double chance = Information.bits(x, y, z, series, lag, Math.max(1, longest / 5 + longest * 3 / 5 * i / SURROGATES));
            sum += chance;
            squares += chance * chance;
        }
        double mean = sum / SURROGATES;
        double deviation = Math.sqrt(Math.max(0, squares / SURROGATES - mean * mean));
        return bits > Math.max(LEAST_BITS, mean + DEVIATIONS * deviation) ? bits : 0;
    }
}
