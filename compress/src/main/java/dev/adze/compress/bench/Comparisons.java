package dev.adze.compress.bench;

import dev.adze.compress.report.BenchReport.Comparison;
import dev.adze.runtime.model.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The ratios of one heat on one thread that the project aims at. The aims are those for the student preset of 3.84 M
 * parameters; other models get the ratios without aims.
 */
final class Comparisons {
    private final String workload;
    private final String mode;
    private final List<Result> results;
    private final boolean aims;
    private final List<Comparison> comparisons = new ArrayList<>();

    private Comparisons(String workload, String mode, List<Result> results, boolean aims) {
        this.workload = workload;
        this.mode = mode;
        this.results = results;
        this.aims = aims;
    }

    /** @param mode for people */
    static List<Comparison> of(Workload workload, Mode mode, List<Result> results) {
        boolean aims = workload.name().equals("student-3.8m");
        var all = new Comparisons(workload.name(), mode.label(workload.windowSteps()), results, aims);
        switch (mode) {
            case STEP -> {
                all.atMost(Precision.FP32, 1.2);
                all.atMost(Precision.FP16, 1.5);
                all.atMost(Precision.INT8, 1.3);
                all.peers(1.5, 2.0);
                all.add("int4 against our int8", all.fastest(all.own(Precision.INT8)), all.fastest(all.own(Precision.INT4)), 1.25);
                all.add("vector int8 against our fastest fp32",
                        all.fastest(r -> r.subject().ours() && r.subject().precision() == Precision.FP32),
                        all.fastest(r -> r.subject().id().equals("vector") && r.subject().precision() == Precision.INT8), 1.0);
                all.headline(25);
                all.leftOut();
            }
            case WINDOW -> {
                all.peers(1.3, 1.5);
                all.headline(15);
                all.leftOut();
            }
        }
        return all.comparisons;
    }

    /** What several threads are worth to our engines: one thread's time over theirs, in the same rounds. */
    static List<Comparison> ofThreads(Workload workload, Mode mode, int threads, List<Result> results) {
        var all = new Comparisons(workload.name(), mode.label(workload.windowSteps()), results, false);
        for (Result shared : results) {
            Result.Subject subject = shared.subject();
            if (subject.ours() && subject.threads() == threads && shared.measured()) {
                Result alone = all.fastest(r -> r.subject().name().equals(subject.name()) && r.subject().ours()
                        && r.subject().precision() == subject.precision() && r.subject().threads() == 1);
                all.add(subject.precisionLabel() + ", " + threads + " threads against one", alone, shared, 1);
            }
        }
        return all.comparisons;
    }

    /** Our fastest over the limit. */
    private void atMost(Precision precision, double most) {
        Result ours = fastest(own(precision));
        Result limit = fastest(r -> r.subject().limit() && r.subject().precision() == precision);
        if (ours == null || limit == null) {
            return;
        }
        Samples.Estimate ratio = ours.samples().ratioTo(limit.samples());
        comparisons.add(new Comparison(ours.subject().precisionLabel() + " " + mode + ": " + ours.subject().name() + " / limit ("
                + limit.subject().name() + ")", ratio.value(), ratio.low(), ratio.high(), aims ? "≤ " + most : "",
                aims && ratio.value() != null ? ratio.value() <= most : null));
    }

    private void peers(double fp32, double int8) {
        add("fp32 against the fastest peer", fastest(peer(Precision.FP32)), fastest(own(Precision.FP32)), fp32);
        add("int8 against the fastest peer", fastest(peer(Precision.INT8)), fastest(own(Precision.INT8)), int8);
    }

    /** A big model in fp32 in the fastest peer, over this model in int8 here. */
    private void headline(double least) {
        Result big = fastest(r -> !r.subject().workload().equals(workload));
        if (big != null) {
            add("headline, " + big.subject().workload() + " fp32 to int8 here", big, fastest(own(Precision.INT8)), least);
        }
    }

    /** What leaving products out saves: our native kernel with all of them, over itself. */
    private void leftOut() {
        for (Result some : results) {
            Result all = fastest(r -> r.subject().ours() && r.subject().name().equals(some.subject().name() + ", nothing left out"));
            if (all != null && some.measured() && some.subject().precision() == all.subject().precision()) {
                add(String.format(Locale.ROOT, "int8, %.1f %% of multiply-accumulates left out, against all", 100 * some.leftOut()),
                        all, some, 1);
            }
        }
    }

    /** How many times faster. */
    private void add(String what, Result slow, Result fast, double least) {
        if (slow == null || fast == null) {
            return;
        }
        Samples.Estimate ratio = slow.samples().ratioTo(fast.samples());
        comparisons.add(new Comparison(what + ", " + mode + ": " + slow.subject().name() + " / " + fast.subject().name(),
                ratio.value(), ratio.low(), ratio.high(), aims ? "≥ " + least : "",
                aims && ratio.value() != null ? ratio.value() >= least : null));
    }

    private Predicate<Result> peer(Precision precision) {
        return r -> !r.subject().ours() && !r.subject().limit() && r.subject().precision() == precision
                && r.subject().workload().equals(workload);
    }

    private Predicate<Result> own(Precision precision) {
        return r -> r.subject().ours() && r.subject().precision() == precision;
    }

    private Result fastest(Predicate<Result> which) {
        return results.stream().filter(Result::measured).filter(which)
                .min(Comparator.comparingDouble(Result::medianMicros)).orElse(null);
    }
}
