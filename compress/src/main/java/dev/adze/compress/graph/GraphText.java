package dev.adze.compress.graph;

import dev.adze.compress.graph.StepGraph.LayerGraph;
import dev.adze.compress.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A step's graph before and after fusion, in lines. */
public final class GraphText {
    private GraphText() {}

    /** @param kernel that would run it here */
    public static List<String> of(StepGraph graph, String kernel) {
        var lines = new ArrayList<String>();
        lines.add("one time step before and after fusion, " + word(graph) + " weights, kernel " + kernel);
        for (LayerGraph layer : graph.layers()) {
            lines.add(String.format(Locale.ROOT, "layer %d: %s, %d -> %d", layer.index(), layer.layer().kind(),
                    layer.layer().inputSize(), layer.layer().outputSize()));
            lines.add("  before: " + count(layer.before().size(), "operator") + ", " + bytes(layer.beforeBytes())
                    + " read and written");
            int results = width(layer, Operator::result);
            int formulas = width(layer, Operator::formula);
            for (Operator operator : layer.before()) {
                lines.add(String.format(Locale.ROOT, "    %-" + results + "s = %-" + formulas + "s  %9s", operator.result(),
                        operator.formula(), bytes(Float.BYTES * (operator.reads() + operator.writes() + operator.weights()))));
            }
            lines.add("  after: 1 operator, " + bytes(layer.afterBytes()) + " read and written");
            lines.add("    " + fused(layer) + "  " + kernel);
        }
        lines.add("whole step: " + count(graph.operatorsBefore(), "operator") + " and " + bytes(graph.beforeBytes())
                + " before, " + count(graph.layers().size(), "operator") + " and " + bytes(graph.afterBytes()) + " after; "
                + bytes(graph.intermediateBytesBefore()) + " of intermediate vectors stay in registers");
        return lines;
    }

    private static int width(LayerGraph layer, Function<Operator, String> column) {
        return layer.before().stream().map(column).mapToInt(String::length).max().orElse(1);
    }

    static String fused(LayerGraph layer) {
        String kind = layer.layer().kind().replace('-', '_');
        return layer.layer().stateSize() > 0 ? "y, state' = " + kind + "(x, state)" : "y = " + kind + "(x)";
    }

    static String word(StepGraph graph) {
        return graph.precisions().describe();
    }

    static String count(int n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    static String bytes(long bytes) {
        return Units.bytes(bytes);
    }
}
