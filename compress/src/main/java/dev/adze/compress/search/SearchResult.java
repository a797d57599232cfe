package dev.adze.compress.search;

import dev.adze.compress.report.KeyValue;
import dev.adze.compress.report.SearchPage;
import dev.adze.compress.report.SearchReport;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.AtomicFile;
import dev.adze.runtime.calibrate.LatencyTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The end of a search: the front, the chosen trial's bundle and recipe, the page and the picture.
 *
 * @param bundle of the chosen trial, in the search's folder; empty where no trial finished
 */
public record SearchResult(SearchReport report, Optional<Path> bundle) {
    static SearchResult of(SearchSpec spec, Path folder, List<Trial> trials, LatencyTable table, String engine, String version) {
        List<Trial> finished = trials.stream().filter(t -> t.state() == Trial.State.FINISHED)
                .filter(t -> spec.budget().bytes() == 0 || t.bytes() <= spec.budget().bytes()).toList();
        var front = new HashSet<Integer>();
        Front.first(finished.stream().map(t -> SuccessiveHalving.point(t.error(), t.costs(), spec.objectives())).toList())
                .forEach(i -> front.add(finished.get(i).id()));
        Optional<Trial> chosen = choose(spec, finished.stream().filter(t -> front.contains(t.id())).toList());
        var report = new SearchReport("Search " + spec.name(), spec.trials() + " trials from recipe " + spec.recipe().getFileName(),
                trials.stream().map(t -> row(t, front)).toList(), limits(spec), chosen.map(Trial::id).orElse(0), why(spec, chosen, finished),
                spec.budget().bytes() > 0 ? spec.budget().bytes() : Double.NaN,
                spec.budget().latencyMicros() > 0 ? spec.budget().latencyMicros() : Double.NaN, methods(spec, table, engine), List.of(
                        new KeyValue("seed", Long.toString(spec.seed())), new KeyValue("latency table", table.device() + ", kernel "
                                + table.kernel() + ", measured " + table.measured()), new KeyValue("Adze", version)));
        SearchPage.writeHtml(report, folder.resolve("search.html"));
        SearchPage.writeSvg(report, folder.resolve("front.svg"));
        return new SearchResult(report, chosen.map(t -> copy(spec, folder, t)));
    }

    private static Optional<Trial> choose(SearchSpec spec, List<Trial> front) {
        double best = front.stream().mapToDouble(Trial::error).min().orElse(Double.NaN);
        boolean fast = spec.objectives().contains(SearchSpec.Cost.LATENCY);
        return front.stream().filter(t -> t.error() <= best * (1 + spec.within())).min(Comparator
                .<Trial>comparingDouble(t -> fast ? t.costs().latencyMicros() : t.costs().fileBytes()).thenComparingDouble(Trial::error));
    }

    private static String why(SearchSpec spec, Optional<Trial> chosen, List<Trial> finished) {
        return chosen.map(t -> String.format(Locale.ROOT, "Trial %d was chosen: of the trials on the front whose validation error is at"
                + " most %.3g %% above the least, the %s. The held-out part had no say in any choice.", t.id(), 100 * spec.within(),
                spec.objectives().contains(SearchSpec.Cost.LATENCY) ? "fastest" : "smallest"))
                .orElse(finished.isEmpty() ? "No trial came to its end." : "");
    }

    private static SearchReport.Row row(Trial t, java.util.Set<Integer> front) {
        boolean finished = t.state() == Trial.State.FINISHED;
        String state = switch (t.state()) {
            case FINISHED -> "finished";
            case FAILED -> "failed";
            case WAITING -> "stopped after " + t.epochs() + (t.epochs() == 1 ? " epoch" : " epochs");
            case BEGUN -> "begun";
        };
        String held = t.held() == null ? "" : String.format(Locale.ROOT, "%s %.4g (%.4g … %.4g)", t.held().name(), t.held().value(),
                t.held().low(), t.held().high());
        return new SearchReport.Row(t.id(), settings(t), state, t.epochs(), t.lastError(), held,
                finished ? t.bytes() : t.costs().fileBytes(), t.costs().latencyMicros(), finished, front.contains(t.id()), t.message());
    }

    static String settings(Trial trial) {
        return trial.settings().entrySet().stream().map(e -> e.getKey().substring(e.getKey().lastIndexOf('.') + 1) + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private static List<String> limits(SearchSpec spec) {
        var limits = new ArrayList<String>();
        var b = spec.budget();
        if (b.latencyMicros() > 0) {
            limits.add(String.format(Locale.ROOT, "A step may take %.4g µs at the 99th percentile (%s).", b.latencyMicros(), b.origin()));
        }
        if (b.bytes() > 0) {
            limits.add("The bundle may have " + b.bytes() + " bytes.");
        }
        if (b.memoryBytes() > 0) {
            limits.add("Weights and state may take " + b.memoryBytes() + " bytes of memory.");
        }
        return limits;
    }

    private static List<String> methods(SearchSpec spec, LatencyTable table, String engine) {
        var methods = new ArrayList<String>();
        methods.add("Proposed by expected hypervolume improvement; a Gaussian process models the logarithm of the validation error over"
                + " settings and epochs, size and latency are known before training. Candidates beyond the budget were not tried.");
        if (spec.halving().firstEpochs() > 0) {
            methods.add("Successive halving: trials wait from epoch " + spec.halving().firstEpochs() + " on, every factor of "
                    + spec.halving().factor() + ", and the best 1/" + spec.halving().factor() + " there go on.");
        }
        methods.add("Errors of finished trials: the validation part, by the edge runtime in the trial's precision. Of stopped ones: the"
                + " least so far, in fp32.");
        methods.add(String.format(Locale.ROOT, "Latency: predicted from single layers measured on %s%s.", table.device(),
                spec.latency().slower() == 1 ? "" : ", times " + spec.latency().slower()));
        table.checks().forEach(c -> methods.add(String.format(Locale.ROOT, "Check of the prediction: %s in %s is predicted to take"
                + " %.2f µs (median) and took %.2f µs.", c.network(), CandidateCosts.name(c.precision()), c.predictedP50Micros(),
                c.measuredP50Micros())));
        methods.add("Trials ran on " + engine + ".");
        return methods;
    }

    private static Path copy(SearchSpec spec, Path folder, Trial trial) {
        Path own = folder.resolve("trials").resolve(String.format(Locale.ROOT, "%03d", trial.id()));
        Path bundle = folder.resolve("chosen.adze");
        try {
            AtomicFile.write(folder.resolve("chosen.yaml"), Files.readAllBytes(own.resolve("recipe.yaml")));
            try (var files = Files.list(own)) {
                Path made = files.filter(f -> f.getFileName().toString().endsWith("-student-"
                        + CandidateCosts.name(CandidateCosts.precision(spec, trial.settings())) + ".adze")).findFirst().orElseThrow(() ->
                        new AdzeException(AdzeException.Kind.NOT_FOUND, "the bundle of trial " + trial.id() + " is gone from " + own
                                + "; run its recipe again: adze run " + own.resolve("recipe.yaml") + " --out " + own));
                AtomicFile.write(bundle, Files.readAllBytes(made));
            }
            return bundle;
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, "the bundle of trial " + trial.id() + " cannot be copied to " + folder
                    + " (" + e.getMessage() + ")", e);
        }
    }
}
