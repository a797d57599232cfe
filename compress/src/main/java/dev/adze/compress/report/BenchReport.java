package dev.adze.compress.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A measured table of engines on one model and one machine, all taken in one run.
 *
 * @param title       of the page
 * @param subtitle    model and machine in one line
 * @param rows        in the order measured
 * @param comparisons ratios between rows, beside what was aimed at
 * @param facts       machine, versions, seed
 * @param methods     how the numbers were taken, a sentence each
 */
public record BenchReport(String title, String subtitle, List<Row> rows, List<Comparison> comparisons,
        List<KeyValue> facts, List<String> methods) {

    /**
     * One engine in one setting. Times are microseconds of a whole run of the mode (a step, a window).
     *
     * @param engine      {@code adze native}, {@code ONNX Runtime}
     * @param ours        true for our own kernels
     * @param precision   {@code fp32}, {@code int8}
     * @param mode        {@code streaming step}, {@code 50-step window}
     * @param threads     used
     * @param p50Micros   median; null where it could not be measured
     * @param p50Low      lower end of the median's confidence interval; null where none was computed
     * @param p50High     upper end
     * @param p99Micros   99th percentile; null where there were too few samples
     * @param p99Low      lower end of its confidence interval; null where none was computed
     * @param p99High     upper end
     * @param samples     calls timed; null where unknown
     * @param limitMicros time that the machine's read bandwidth allows for the bytes this precision must read; null
     *                    where none applies
     * @param maxError    largest error of an output against double precision; null where not compared
     * @param leftOut     share of the multiply-accumulates that is left out, 0 to 1; null where none can be
     * @param missing     why there is no figure; null where there is one
     */
    public record Row(
            String engine,
            boolean ours,
            String precision,
            String mode,
            int threads,
            Double p50Micros,
            Double p50Low,
            Double p50High,
            Double p99Micros,
            Double p99Low,
            Double p99High,
            Long samples,
            Double limitMicros,
            Double maxError,
            Double leftOut,
            String missing) {
        /** Of a model of which nothing can be left out. */
        public Row(String engine, boolean ours, String precision, String mode, int threads, Double p50Micros, Double p50Low,
                Double p50High, Double p99Micros, Double p99Low, Double p99High, Long samples, Double limitMicros, Double maxError,
                String missing) {
            this(engine, ours, precision, mode, threads, p50Micros, p50Low, p50High, p99Micros, p99Low, p99High, samples, limitMicros,
                    maxError, null, missing);
        }

        public Row {
            Objects.requireNonNull(engine, "bench engine");
            Objects.requireNonNull(precision, "bench precision");
            Objects.requireNonNull(mode, "bench mode");
        }

        boolean measured() {
            return p50Micros != null && Double.isFinite(p50Micros) && p50Micros > 0;
        }

        /** Median over limit; NaN where either is missing. */
        double ratioToLimit() {
            return measured() && limitMicros != null && limitMicros > 0 ? p50Micros / limitMicros : Double.NaN;
        }

        String group() {
            return mode + ", " + threads + (threads == 1 ? " thread" : " threads");
        }
    }

    /**
     * A ratio of two rows' times, taken round by round.
     *
     * @param what    {@code int8 streaming step: best peer / ours}
     * @param ratio   median over the rounds; null where there is none
     * @param low     lower end of its confidence interval; null where none was computed
     * @param high    upper end
     * @param target  what was aimed at, {@code ≥ 2}; empty where nothing was
     * @param reached null where nothing was aimed at or nothing measured
     */
    public record Comparison(String what, Double ratio, Double low, Double high, String target, Boolean reached) {
        public Comparison {
            Objects.requireNonNull(what, "what is compared");
            target = target == null ? "" : target;
        }
    }

    public BenchReport {
        Objects.requireNonNull(title, "bench title");
        subtitle = subtitle == null ? "" : subtitle;
        rows = Lists.copy(rows);
        comparisons = Lists.copy(comparisons);
        facts = Lists.copy(facts);
        methods = Lists.copy(methods);
    }

    /** Rows by mode and threads, in order of appearance; in each by precision (in order of appearance), then median. */
    SequencedMap<String, List<Row>> groups() {
        List<String> precisions = rows.stream().map(Row::precision).distinct().toList();
        SequencedMap<String, List<Row>> groups = new LinkedHashMap<>();
        rows.forEach(row -> groups.computeIfAbsent(row.group(), _ -> new ArrayList<>()).add(row));
        groups.values().forEach(group -> group.sort(Comparator
                .comparingInt((Row row) -> precisions.indexOf(row.precision()))
                .thenComparingDouble(row -> row.measured() ? row.p50Micros() : Double.POSITIVE_INFINITY)));
        return groups;
    }

    /** Whether any engine computes less than all. */
    boolean leavesOut() {
        return rows.stream().anyMatch(row -> row.leftOut() != null);
    }

    /** The fastest engine that is not ours in the same mode, threads and precision. */
    Optional<Row> fastestPeer(Row row) {
        return rows.stream()
                .filter(peer -> !peer.ours() && peer.measured() && peer.group().equals(row.group())
                        && peer.precision().equals(row.precision()))
                .min(Comparator.comparingDouble(Row::p50Micros));
    }
}
