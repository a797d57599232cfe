package dev.adze.compress.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/**
 * Says what is tried next. The first trials are drawn; then a Gaussian process learns the logarithm of the error from
 * settings and epochs, and of many drawn candidates the one with the largest expected hypervolume improvement after all its
 * epochs is taken. Size and latency need no model: they are known.
 *
 * @param known costs of settings; null where no recipe allows them or the budget does not
 */
record Proposer(SearchSpec spec, Function<SequencedMap<String, String>, Trial.Costs> known) {
    private static final int CANDIDATES = 384;
    private static final int MOST_DRAWS = 4_000;

    /** What a proposal is, or null where all settings within the budget have been tried (or none could be found). */
    Trial next(List<Trial> trials) {
        int id = trials.size() + 1;
        var random = new Random(spec.seed() * 1_000_003 + id);
        Set<SequencedMap<String, String>> tried = new HashSet<>();
        trials.forEach(t -> tried.add(t.settings()));
        List<Trial> told = trials.stream().filter(t -> Double.isFinite(t.lastError())).toList();
        boolean learns = id > initial() && told.size() >= 3;
        var candidates = new LinkedHashMap<SequencedMap<String, String>, Trial.Costs>();
        List<Trial> best = learns ? front(told) : List.of();
        for (int i = 0; i < MOST_DRAWS && candidates.size() < (learns ? CANDIDATES : 1); i++) {
            SequencedMap<String, String> settings = learns && i % 2 == 1 ? near(best.get(random.nextInt(best.size())).settings(), random)
                    : draw(random);
            if (!tried.contains(settings) && !candidates.containsKey(settings)) {
                Trial.Costs costs = known.apply(settings);
                if (costs != null) {
                    candidates.put(settings, costs);
                }
            }
        }
        if (candidates.isEmpty()) {
            return null;
        }
        SequencedMap<String, String> chosen = learns ? best(trials, candidates) : candidates.keySet().iterator().next();
        return Trial.begun(id, chosen, candidates.get(chosen));
    }

    /** Enough to see every direction about twice, but not more than half of what there is. */
    int initial() {
        return Math.max(1, Math.min(2 * spec.space().size() + 1, spec.trials() / 2));
    }

    private SequencedMap<String, String> draw(Random random) {
        var settings = new LinkedHashMap<String, String>();
        spec.space().forEach(d -> settings.put(d.key(), d.draw(random)));
        return settings;
    }

    private SequencedMap<String, String> near(SequencedMap<String, String> centre, Random random) {
        var settings = new LinkedHashMap<>(centre);
        int changes = 1 + random.nextInt(2);
        for (int i = 0; i < changes; i++) {
            Dimension d = spec.space().get(random.nextInt(spec.space().size()));
            settings.put(d.key(), d.near(settings.get(d.key()), random));
        }
        return settings;
    }

    private List<Trial> front(List<Trial> told) {
        return Front.first(told.stream().map(t -> SuccessiveHalving.point(t.lastError(), t.costs(), spec.objectives())).toList())
                .stream().map(told::get).toList();
    }

    private SequencedMap<String, String> best(List<Trial> trials, SequencedMap<SequencedMap<String, String>, Trial.Costs> candidates) {
        var points = new ArrayList<double[]>();
        var errors = new ArrayList<Double>();
        double worst = trials.stream().mapToDouble(Trial::lastError).filter(Double::isFinite).max().orElseThrow();
        for (Trial trial : trials) {
            for (Trial.Rung rung : trial.rungs()) {
                points.add(coordinates(trial.settings(), rung.epochs() / (double) trial.costs().epochs()));
                errors.add(Math.log(rung.error()));
            }
            // Of settings that fail, as of those still under way beside this proposal, a guess stands in.
            double error = switch (trial.state()) {
                case FINISHED -> trial.error();
                case FAILED -> worst;
                case BEGUN, WAITING -> Double.NaN;
            };
            if (Double.isFinite(error)) {
                points.add(coordinates(trial.settings(), 1));
                errors.add(Math.log(error));
            }
        }
        double[] values = errors.stream().mapToDouble(Double::doubleValue).toArray();
        GaussianProcess model = GaussianProcess.fit(points.toArray(double[][]::new), values, spec.seed());
        // Trials of this round that are under way count as done at the error they are expected to have.
        var seen = new ArrayList<double[]>();
        for (Trial trial : trials) {
            if (trial.state() == Trial.State.FAILED || trial.costs() == null) {
                continue;
            }
            double error = trial.state() == Trial.State.FINISHED ? Math.log(trial.error())
                    : model.predict(coordinates(trial.settings(), 1)).mean();
            seen.add(point(error, trial.costs()));
        }
        double[] reference = reference(seen, candidates.values());
        var improvement = new HypervolumeImprovement(seen, reference);
        SequencedMap<String, String> best = null;
        double most = -1;
        for (var candidate : candidates.entrySet()) {
            GaussianProcess.Prediction p = model.predict(coordinates(candidate.getKey(), 1));
            double[] point = point(p.mean(), candidate.getValue());
            double gain = improvement.expected(p.mean(), p.standardDeviation(), java.util.Arrays.copyOfRange(point, 1, point.length));
            if (gain > most) {
                most = gain;
                best = candidate.getKey();
            }
        }
        return best;
    }

    /** In logarithms, so that twice as small counts the same everywhere. */
    private double[] point(double logError, Trial.Costs costs) {
        double[] point = SuccessiveHalving.point(0, costs, spec.objectives());
        for (int i = 1; i < point.length; i++) {
            point[i] = Math.log(point[i]);
        }
        point[0] = logError;
        return point;
    }

    /** A tenth of the range beyond the worst in each objective; of the error the upper quartile, since some trials end nowhere. */
    private double[] reference(List<double[]> seen, java.util.Collection<Trial.Costs> candidates) {
        var all = new ArrayList<>(seen);
        candidates.forEach(costs -> all.add(point(Double.NaN, costs)));
        double[] reference = new double[all.getFirst().length];
        for (int i = 0; i < reference.length; i++) {
            int at = i;
            double[] sorted = all.stream().mapToDouble(p -> p[at]).filter(Double::isFinite).sorted().toArray();
            double high = i == 0 ? sorted[Math.min(sorted.length - 1, sorted.length * 3 / 4)] : sorted[sorted.length - 1];
            reference[i] = high + 0.1 * Math.max(high - sorted[0], 0.01);
        }
        return reference;
    }

    private double[] coordinates(SequencedMap<String, String> settings, double shareOfEpochs) {
        var all = new ArrayList<Double>();
        for (Dimension d : spec.space()) {
            for (double c : d.coordinates(settings.get(d.key()))) {
                all.add(c);
            }
        }
        all.add(1 + Math.log(Math.min(1, shareOfEpochs)) / 5);
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
