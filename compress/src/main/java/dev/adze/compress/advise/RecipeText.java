package dev.adze.compress.advise;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** A plan as a recipe, with the reasons as comments. */
final class RecipeText {
    private RecipeText() {}

    record Plan(Advisor.Kind kind, String target, int horizon, int window, boolean stream, boolean byUnit, List<String> channels,
            int classes, double cap, double noise, Sizing.Choice student, Sizing.Choice teacher, int rows) {}

    static String of(Plan plan, String files, List<String> reasons) {
        boolean noisy = plan.noise() > 0.1 && plan.kind() != Advisor.Kind.CLASSES;
        var text = new StringBuilder("# Proposed by adze advise; the reasons:\n");
        reasons.forEach(reason -> text.append("# - ").append(reason.replaceAll("\\R", " ")).append('\n'));
        String name = plan.target().replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[^A-Za-z0-9]+", "");
        text.append("adze-recipe: 1\nname: ").append(quoted(name.isEmpty() ? "advised" : name.substring(0, Math.min(64, name.length()))))
                .append("\ndata: ").append(files).append("\ntask:\n");
        switch (plan.kind()) {
            case FORECAST -> line(text, "  kind: forecast\n  target: ahead\n  horizonSteps: %d\n  targets: [%s]", plan.horizon(), quoted(plan.target()));
            case NOW -> line(text, "  kind: regression\n  target: column\n  targets: [%s]", quoted(plan.target()));
            case LIFE -> line(text, "  kind: regression\n  target: remaining-life\n  cap: %.0f", plan.cap());
            case CLASSES -> line(text, "  kind: classification\n  target: column\n  targets: [%s]\n  classes: [%s]", quoted(plan.target()),
                    IntStream.range(0, plan.classes()).mapToObj(c -> '"' + Integer.toString(c) + '"').collect(Collectors.joining(", ")));
        }
        line(text, "  mode: %s\n  windowSteps: %d\n  stride: %d\n  inputs: [%s]", plan.stream() ? "stream" : "window", plan.window(),
                plan.rows() > 20_000 ? Math.max(1, plan.window() / 16) : 1,
                plan.channels().stream().map(RecipeText::quoted).collect(Collectors.joining(", ")));
        line(text, "split: {by: %s, validation: 0.15, test: 0.15}", plan.byUnit() ? "unit" : "time");
        line(text, "preprocess: {scaling: %s, clip: 10}", noisy ? "robust" : "standard");
        int from = plan.stream() ? plan.window() / 2 : plan.window() - 1;
        text.append("teacher:\n");
        stage(text, plan.teacher(), plan, noisy, 0.2, 1e-3, from);
        text.append("student:\n");
        stage(text, plan.student(), plan, noisy, 0.05, 2e-3, from);
        text.append("distill: {alpha: 0.7, hintWeight: 0.1}\nquantize: {precisions: [int8]}\n");
        return text.toString();
    }

    private static void stage(StringBuilder text, Sizing.Choice choice, Plan plan, boolean noisy, double dropout, double rate, int from) {
        String loss = plan.kind() == Advisor.Kind.CLASSES ? "cross-entropy" : noisy ? "huber" : "mse";
        line(text, "  layers: %d\n  hiddenSize: %d\n  train: {epochs: 20, patience: 4, batchSize: 64, learningRate: %s, dropout: %s, loss: %s,"
                + " lossFromStep: %d%s}", choice.layers(), choice.hiddenSize(), rate, choice.layers() > 1 ? dropout : 0.0, loss, from,
                noisy ? ", augment: {noise: 0.1}" : "");
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** JSON strings are YAML strings. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z][A-Za-z0-9._-]*") && !word.matches("(?i)y|n|yes|no|on|off|true|false|null|none")
                ? word : JsonMapper.shared().writeValueAsString(word);
    }
}
