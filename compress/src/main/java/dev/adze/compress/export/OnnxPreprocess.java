package dev.adze.compress.export;

import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@link dev.adze.runtime.preprocess.Preprocessor} as operators, for one step a call. What it carries from step to step are
 * inputs and outputs, zeros at the start of a series: {@code fill.value} {@code [batch, channels]}, the last valid value;
 * {@code fill.left}, how often it may still stand in; {@code ema.A} for alpha number A, the averages; {@code ema.steps}
 * {@code [1]}, steps seen. Scaling is in double precision, as on the device; averages are kept in single.
 */
final class OnnxPreprocess {
    /** Input {@code [1, batch, channels]} in the channels' units; NaN or infinite means missing. */
    static final String RAW = "raw";

    private static final long TO_FLOAT = 1;
    private static final long TO_DOUBLE = 11;

    private final OnnxGraph graph;
    private final PreprocessSpec spec;
    private final int channels;

    private OnnxPreprocess(OnnxGraph graph, PreprocessSpec spec) {
        this.graph = graph;
        this.spec = spec;
        channels = spec.channels().size();
    }

    /** Adds the operators; the features are the value {@link OnnxWriter#FEATURES}. */
    static void add(OnnxGraph graph, PreprocessSpec spec) {
        new OnnxPreprocess(graph, spec).add();
    }

    private void add() {
        graph.input(RAW, String.join(", ", spec.channels().stream()
                .map(c -> c.name() + (c.unit().isEmpty() ? "" : " [" + c.unit() + "]")).toList()), 1, "batch", channels);
        String axis = graph.longs("pre.axis", 0);
        String x = node("Squeeze", "x", List.of(RAW, axis));
        String missing = node("Or", "missing", List.of(node("IsNaN", "nan", List.of(x)), node("IsInf", "infinite", List.of(x))));
        String value = node("Cast", "value", List.of(filled(x, missing)), Map.of("to", TO_DOUBLE));
        String scaled = node("Div", "scaled", List.of(node("Sub", "centered", List.of(value,
                doubles("center", ChannelSpec::center))), doubles("scale", ChannelSpec::scale)));
        // A scaled zero stands for the center, which single precision may not hold.
        scaled = node("Where", "scaled-or-zero", List.of(node("And", "unknown", List.of(missing,
                node("Not", "nothing-to-fill", List.of("pre.may-fill.out")))), doubles("nothing", 0), scaled));
        if (Double.isFinite(spec.clip())) {
            scaled = node("Min", "clipped", List.of(node("Max", "raised", List.of(scaled, doubles("lowest", -spec.clip()))),
                    doubles("highest", spec.clip())));
        }
        var features = new ArrayList<>(List.of(node("Cast", "single", List.of(scaled), Map.of("to", TO_FLOAT))));
        features.addAll(averages(features.getFirst()));
        if (spec.validityMask()) {
            features.add(node("Cast", "mask", List.of(node("Not", "valid", List.of(missing))), Map.of("to", TO_FLOAT)));
        }
        String joined = node("Concat", "joined", features, Map.of("axis", 1L));
        graph.node("Unsqueeze", "pre.features", List.of(joined, axis), List.of(OnnxWriter.FEATURES), Map.of());
    }

    /** The value, or in its place the last valid one, which may stand in a limited number of times. */
    private String filled(String x, String missing) {
        String last = state("fill.value");
        String left = state("fill.left");
        String zero = graph.floats("pre.zero", new float[] {0}, 1);
        String one = graph.floats("pre.one", new float[] {1}, 1);
        node("Greater", "may-fill", List.of(left, zero));
        next("fill.left", "Where", List.of(missing,
                node("Max", "fewer", List.of(node("Sub", "one-fewer", List.of(left, one)), zero)),
                graph.floats("pre.repeats", new float[] {spec.forwardFillSteps()}, 1)));
        next("fill.value", "Where", List.of(missing, last, x));
        return "fill.value.next";
    }

    private List<String> averages(String scaled) {
        if (spec.emaAlphas().isEmpty()) {
            return List.of();
        }
        graph.input("ema.steps", "steps seen before; zero at the start", 1);
        graph.output("ema.steps.next", "steps seen", 1);
        String one = graph.floats("pre.step", new float[] {1}, 1);
        graph.node("Add", "pre.ema.steps", List.of("ema.steps", one), List.of("ema.steps.next"), Map.of());
        String young = node("Div", "young", List.of(one, "ema.steps.next"));
        var averages = new ArrayList<String>();
        for (int a = 0; a < spec.emaAlphas().size(); a++) {
            String name = "ema." + a;
            String mean = state(name);
            String alpha = graph.floats("pre." + name + ".alpha", new float[] {spec.emaAlphas().get(a).floatValue()}, 1);
            String weight = node("Max", name + ".weight", List.of(alpha, young));
            String change = node("Mul", name + ".change", List.of(weight, node("Sub", name + ".difference", List.of(scaled, mean))));
            next(name, "Add", List.of(mean, change));
            averages.add(name + ".next");
        }
        return averages;
    }

    private String state(String name) {
        graph.input(name, "state of the preprocessing before; zeros at the start", "batch", channels);
        return name;
    }

    private void next(String state, String operator, List<String> inputs) {
        graph.node(operator, "pre." + state + ".next", inputs, List.of(state + ".next"), Map.of());
        graph.output(state + ".next", "state of the preprocessing after", "batch", channels);
    }

    private String node(String operator, String name, List<String> inputs) {
        return node(operator, name, inputs, Map.of());
    }

    private String node(String operator, String name, List<String> inputs, Map<String, ?> attributes) {
        graph.node(operator, "pre." + name, inputs, List.of("pre." + name + ".out"), attributes);
        return "pre." + name + ".out";
    }

    private String doubles(String name, ToDoubleFunction<ChannelSpec> of) {
        return graph.doubles("pre." + name, spec.channels().stream().mapToDouble(of).toArray());
    }

    private String doubles(String name, double value) {
        return graph.doubles("pre." + name, value);
    }
}
