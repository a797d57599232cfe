package dev.adze.compress.search;

import dev.adze.compress.search.SearchSpec.Cost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which waiting trial goes on: asynchronous successive halving (Li et al. 2020) with trials ordered by non-dominated sorting
 * of all objectives (Schmucker et al. 2021), highest rung first. While trials are still to come, of n that came to a rung
 * the best {@code n / factor}, rounded down, go on; at the end, rounded up.
 */
record SuccessiveHalving(int factor, List<Cost> objectives) {
    Optional<Trial> next(List<Trial> trials, boolean noMoreToCome) {
        List<Integer> rungs = trials.stream().flatMap(t -> t.rungs().stream()).map(Trial.Rung::epochs).distinct()
                .sorted(Comparator.reverseOrder()).toList();
        for (int rung : rungs) {
            List<Trial> came = trials.stream().filter(t -> at(t, rung) != null).toList();
            int quota = noMoreToCome ? (came.size() + factor - 1) / factor : came.size() / factor;
            List<Integer> order = Front.order(came.stream().map(t -> point(t, at(t, rung))).toList());
            for (int i : order.subList(0, quota)) {
                Trial trial = came.get(i);
                if (trial.state() == Trial.State.WAITING && trial.rungs().getLast().epochs() == rung) {
                    return Optional.of(trial);
                }
            }
        }
        return Optional.empty();
    }

    private static Trial.Rung at(Trial trial, int epochs) {
        return trial.rungs().stream().filter(r -> r.epochs() == epochs).findFirst().orElse(null);
    }

    private double[] point(Trial trial, Trial.Rung rung) {
        return point(rung.error(), trial.costs(), objectives);
    }

    static double[] point(double error, Trial.Costs costs, List<Cost> objectives) {
        var point = new ArrayList<Double>();
        point.add(error);
        for (Cost cost : objectives) {
            point.add(switch (cost) {
                case SIZE -> (double) costs.fileBytes();
                case LATENCY -> costs.latencyMicros();
            });
        }
        return point.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
