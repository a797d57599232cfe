package dev.adze.compress.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Pareto dominance among points whose coordinates are all to be small. */
final class Front {
    private Front() {}

    /** Whether {@code a} is nowhere worse than {@code b} and somewhere better. */
    static boolean dominates(double[] a, double[] b) {
        boolean better = false;
        for (int i = 0; i < a.length; i++) {
            if (a[i] > b[i]) {
                return false;
            }
            better |= a[i] < b[i];
        }
        return better;
    }

    /** Indices in order of rank, the first front first (Deb et al. 2002); within a front by the first coordinate. */
    static List<Integer> order(List<double[]> points) {
        var left = new ArrayList<Integer>();
        for (int i = 0; i < points.size(); i++) {
            left.add(i);
        }
        var order = new ArrayList<Integer>();
        while (!left.isEmpty()) {
            List<Integer> front = left.stream().filter(i -> left.stream().noneMatch(j -> dominates(points.get(j), points.get(i))))
                    .sorted(Comparator.comparingDouble(i -> points.get(i)[0])).toList();
            order.addAll(front);
            left.removeAll(front);
        }
        return order;
    }

    /** Indices of the points that none dominates. */
    static List<Integer> first(List<double[]> points) {
        var front = new ArrayList<Integer>();
        for (int i = 0; i < points.size(); i++) {
            double[] own = points.get(i);
            if (points.stream().noneMatch(other -> dominates(other, own))) {
                front.add(i);
            }
        }
        return front;
    }
}
