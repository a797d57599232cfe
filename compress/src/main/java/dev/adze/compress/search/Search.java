package dev.adze.compress.search;

import dev.adze.compress.pipeline.Pipeline;
import dev.adze.compress.pipeline.Progress;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.search.TrialJob.Outcome;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.AtomicFile;
import dev.adze.runtime.calibrate.LatencyTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a search in its folder: proposes trials, lets those go on that deserve it, and tells what came of it. Every decision
 * follows from the search file and the outcomes so far, so a search that was stopped or killed ends like one that was not.
 */
public final class Search {
    private final SearchSpec spec;
    private final Path folder;
    private final String version;
    private final Progress progress;

    /** @param folder of the search; made if missing */
    public Search(SearchSpec spec, Path folder, String version, Progress progress) {
        this.spec = spec;
        this.folder = folder.toAbsolutePath().normalize();
        this.version = version;
        this.progress = progress;
    }

    /** In this process. */
    public SearchResult run() {
        try (var engine = new LocalEngine(version, progress.stop())) {
            return run(engine);
        }
    }

    /**
     * Spread by Apache Spark.
     *
     * @param master {@code spark://HOST:PORT} or {@code local[N]}
     * @param home   folder of Spark; null if there is none
     * @param worker command that runs {@link TrialWorker} on a worker
     */
    public SearchResult runOnSpark(String master, String home, List<String> worker) {
        // What a worker runs is what this process runs: it must not build anew in mid-search.
        try (var engine = new SparkEngine(master, SparkLibrary.in(home), worker, Map.of("ADZE_NO_BUILD", "1"),
                progress.stop()::requested)) {
            return run(engine);
        }
    }

    SearchResult run(TrialEngine engine) {
        RecipeReader.Loaded base = RecipeReader.read(spec.recipe(), spec.overrides());
        try (SearchJournal journal = SearchJournal.open(folder, Question.of(spec, base))) {
            LatencyTable table = Latencies.table(spec, folder, progress);
            var costs = new CandidateCosts(spec, table, loaded -> pipeline(loaded).shape());
            var proposer = new Proposer(spec, costs);
            var halving = new SuccessiveHalving(spec.halving().factor(), spec.objectives());
            progress.line(String.format(Locale.ROOT, "search: %d trials over %s, on %s%s", spec.trials(),
                    spec.space().stream().map(Dimension::key).collect(Collectors.joining(", ")), engine.name(),
                    journal.trials().isEmpty() ? "" : "; " + journal.trials().size() + " were begun before"));
            long started = System.nanoTime();
            double before = journal.trials().stream().mapToDouble(Trial::seconds).sum();
            engine.run(journal.underWay().stream().map(this::job).toList(), outcome -> end(journal, outcome, started, before));
            for (List<Trial> round = round(journal.trials(), proposer, halving); !round.isEmpty();
                    round = round(journal.trials(), proposer, halving)) {
                for (Trial trial : round) {
                    prepare(trial);
                }
                journal.begin(round);
                engine.run(round.stream().map(this::job).toList(), outcome -> end(journal, outcome, started, before));
            }
            return SearchResult.of(spec, folder, journal.trials(), table, engine.name(), version);
        }
    }

    private Pipeline pipeline(RecipeReader.Loaded loaded) {
        return new Pipeline(loaded, null, folder, version, progress);
    }

    /** Up to {@code parallel} trials: first those that go on, then new ones. */
    private List<Trial> round(List<Trial> trials, Proposer proposer, SuccessiveHalving halving) {
        var all = new ArrayList<>(trials);
        var round = new ArrayList<Trial>();
        boolean exhausted = false;
        while (round.size() < spec.parallel()) {
            boolean noMoreToCome = exhausted || all.size() >= spec.trials();
            Optional<Trial> going = halving.next(all.stream().map(t -> round.stream().anyMatch(r -> r.id() == t.id()) ? begun(t) : t)
                    .toList(), noMoreToCome && round.stream().noneMatch(t -> t.rungs().isEmpty()));
            if (going.isPresent()) {
                round.add(going.get());
            } else if (noMoreToCome) {
                break;
            } else {
                Trial next = proposer.next(all);
                if (next == null && all.isEmpty()) {
                    throw new AdzeException(AdzeException.Kind.USAGE, "no setting of the space makes a recipe that fits the budget ("
                            + budget() + "); widen the budget or the space towards smaller networks");
                }
                if (next == null) {
                    exhausted = true;
                } else {
                    all.add(next);
                    round.add(next);
                }
            }
        }
        return round;
    }

    /** One that goes on already does not wait any more. */
    private static Trial begun(Trial t) {
        return new Trial(t.id(), t.settings(), t.costs(), Trial.State.BEGUN, t.rungs(), t.error(), t.held(), t.bytes(), t.network(),
                t.epochs(), t.seconds(), t.message());
    }

    private String budget() {
        var b = spec.budget();
        var parts = new ArrayList<String>();
        if (b.latencyMicros() > 0) {
            parts.add(String.format(Locale.ROOT, "%.4g us a step: %s", b.latencyMicros(), b.origin()));
        }
        if (b.bytes() > 0) {
            parts.add(b.bytes() + " bytes");
        }
        if (b.memoryBytes() > 0) {
            parts.add(b.memoryBytes() + " bytes of memory");
        }
        return parts.isEmpty() ? "there is none, so every setting is refused by the recipe" : String.join(", ", parts);
    }

    Path folder(int trial) {
        return folder.resolve("trials").resolve(String.format(Locale.ROOT, "%03d", trial));
    }

    /** The trial's recipe, whole and with absolute folders, so that it can be run from anywhere. */
    private void prepare(Trial trial) {
        if (!trial.rungs().isEmpty()) {
            return;
        }
        RecipeReader.Loaded base = RecipeReader.read(spec.recipe(), spec.overrides());
        var overrides = new ArrayList<>(CandidateCosts.overrides(spec, trial.settings()));
        Recipe recipe = base.recipe();
        overrides.add("data.folder=" + quoted(base.folder().resolve(recipe.data().folder())));
        if (recipe.given().present()) {
            overrides.add("teacher.from=" + quoted(base.folder().resolve(recipe.given().from())));
            if (!recipe.given().examples().isEmpty()) {
                overrides.add("teacher.examples=" + quoted(base.folder().resolve(recipe.given().examples())));
            }
        }
        Path own = folder(trial.id());
        try {
            Files.createDirectories(own);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, own + " cannot be made (" + e.getMessage()
                    + "); name another folder with --out", e);
        }
        AtomicFile.write(own.resolve("recipe.yaml"),
                RecipeReader.read(spec.recipe(), overrides).text().getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(Path path) {
        return JsonMapper.shared().writeValueAsString(path.toAbsolutePath().normalize().toString());
    }

    private TrialJob job(Trial trial) {
        int last = trial.rungs().isEmpty() ? 0 : trial.rungs().getLast().epochs();
        int next = spec.rungs(trial.costs().epochs()).stream().filter(r -> r > last).findFirst().orElse(0);
        return new TrialJob(trial.id(), folder(trial.id()).toString(), CandidateCosts.precision(spec, trial.settings()), next,
                folder.resolve("teacher").toString());
    }

    private void end(SearchJournal journal, Outcome outcome, long started, double before) {
        Trial trial = journal.trials().get(outcome.trial() - 1);
        Trial ended = switch (outcome.end()) {
            case PAUSED -> trial.waiting(outcome.epochs(), outcome.error(), outcome.seconds());
            case FINISHED -> trial.finished(outcome.epochs(), outcome.error(), outcome.held(), outcome.bytes(), outcome.network(),
                    outcome.seconds());
            case FAILED -> trial.failed(outcome.message(), outcome.seconds());
        };
        journal.end(ended);
        List<Trial> trials = journal.trials();
        double spent = before + (System.nanoTime() - started) / 1e9;
        double left = spent / trials.size() * (spec.trials() - trials.size());
        progress.line(String.format(Locale.ROOT, "  trial %d of %d: %s; %s%s", ended.id(), spec.trials(), SearchResult.settings(ended), told(ended),
                left > 0 ? "; about " + Progress.duration(left) + " left" : ""));
    }

    private static String told(Trial trial) {
        return switch (trial.state()) {
            case BEGUN -> "begun";
            case WAITING -> String.format(Locale.ROOT, "error %.5f after %d epochs, waits", trial.lastError(), trial.epochs());
            case FINISHED -> String.format(Locale.ROOT, "error %.5f, %d bytes, %.2f us a step", trial.error(), trial.bytes(),
                    trial.costs().latencyMicros());
            case FAILED -> "failed: " + trial.message();
        };
    }
}
