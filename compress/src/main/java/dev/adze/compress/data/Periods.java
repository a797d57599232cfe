package dev.adze.compress.data;

import java.util.Arrays;
import java.util.List;

/** The time between rows. */
final class Periods {
    private Periods() {}

    /** All positive time steps within series, sorted, in milliseconds. */
    static long[] sortedSteps(long[] timestampsMillis, List<Series> series) {
        long[] steps = new long[timestampsMillis.length];
        int count = 0;
        for (Series s : series) {
            for (int row = s.startRow() + 1; row < s.endRow(); row++) {
                long step = timestampsMillis[row] - timestampsMillis[row - 1];
                if (step > 0) {
                    steps[count++] = step;
                }
            }
        }
        steps = Arrays.copyOf(steps, count);
        Arrays.sort(steps);
        return steps;
    }

    /** Median time step; 0 where there is none. */
    static long median(long[] timestampsMillis, List<Series> series) {
        long[] steps = sortedSteps(timestampsMillis, series);
        return steps.length == 0 ? 0 : steps[steps.length / 2];
    }
}
