package dev.adze.compress.dataset;

import dev.adze.compress.data.Channel;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** Small recordings for tests. */
final class Recordings {
    static final float NAN = Float.NaN;

    private Recordings() {}

    /** One series, rows one second apart, channels a, b, c, ... */
    static SensorRecording of(float[]... columns) {
        return of(new int[] {columns[0].length}, columns);
    }

    /** Series u0, u1, ... of the given lengths, all on one clock. */
    static SensorRecording of(int[] lengths, float[]... columns) {
        var channels = new ArrayList<Channel>();
        for (int k = 0; k < columns.length; k++) {
            channels.add(new Channel(String.valueOf((char) ('a' + k)), "V"));
        }
        var series = new ArrayList<Series>();
        long[] times = new long[columns[0].length];
        int start = 0;
        for (int i = 0; i < lengths.length; i++) {
            series.add(new Series("u" + i, start, lengths[i]));
            for (int j = 0; j < lengths[i]; j++) {
                times[start + j] = 1000L * j;
            }
            start += lengths[i];
        }
        return new SensorRecording(channels, columns, series, times, 1000);
    }

    /** Random lengths, walks as values, about {@code missing} of them NaN in runs. */
    static SensorRecording random(Random random, int channelCount, double missing) {
        int[] lengths = new int[1 + random.nextInt(6)];
        int rows = 0;
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = 1 + random.nextInt(120);
            rows += lengths[i];
        }
        float[][] columns = new float[channelCount][rows];
        for (float[] column : columns) {
            double at = random.nextGaussian() * 100;
            for (int row = 0; row < rows; row++) {
                at += random.nextGaussian();
                column[row] = (float) at;
            }
            for (int row = 0; row < rows; row++) {
                if (random.nextDouble() < missing / 3) {
                    for (int end = Math.min(rows, row + 1 + random.nextInt(6)); row < end; row++) {
                        column[row] = NAN;
                    }
                }
            }
        }
        return of(lengths, columns);
    }

    /** A fresh seed, printed so that a failure can be repeated with {@code -Dadze.testSeed=...}. */
    static Random seeded(String test) {
        long seed = Long.getLong("adze.testSeed", ThreadLocalRandom.current().nextLong());
        System.out.println(test + ": seed " + seed);
        return new Random(seed);
    }

}
