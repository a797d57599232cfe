package dev.adze.compress.evaluate;

import java.util.List;

/**
 * The part of the data that neither training nor validation has seen.
 *
 * @param series   in order
 * @param lastOnly whether only each series' last row is judged (the published protocol of C-MAPSS)
 */
public record HeldOut(List<Part> series, boolean lastOnly) {
    public HeldOut {
        series = List.copyOf(series);
    }

    /**
     * @param name       of the series
     * @param raw        {@code [rows, channels]} in the channels' units, NaN for missing
     * @param truth      {@code [rows, outputs]} in the outputs' units, NaN where there is none
     * @param timestamps {@code [rows]} epoch milliseconds, or null
     * @param naive      {@code [rows, outputs]} what one would say without a model (the target channels' latest mean), or
     *                   null where nothing is that simple
     * @param judgeFrom  first row that is judged; rows before it only warm the preprocessing and the state up
     * @param labels     anomaly detection: {@code [rows]} 1 unusual, 0 not, NaN where a row's score is not judged; else null
     */
    public record Part(String name, int rows, float[] raw, float[] truth, float[] naive, long[] timestamps, int judgeFrom,
            float[] labels) {
        public Part(String name, int rows, float[] raw, float[] truth, float[] naive, long[] timestamps, int judgeFrom) {
            this(name, rows, raw, truth, naive, timestamps, judgeFrom, null);
        }
    }
}
