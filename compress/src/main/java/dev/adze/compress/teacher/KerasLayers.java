package dev.adze.compress.teacher;

import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The layers of a Keras model in their order. */
final class KerasLayers {
    private static final Pattern NUMBERED = Pattern.compile("(.*?)(?:_(\\d+))?");
    private static final List<String> RECURRENT = List.of("lstm", "gru", "bidirectional");

    private KerasLayers() {}

    /**
     * @param kind   its class as Keras names groups, {@code lstm}, {@code dense}
     * @param group  its weights; {@code null} if it needs none
     * @param config its settings; {@code null} in a file of weights alone
     */
    record Part(String name, String kind, Group group, JsonNode config) {}

    static List<Part> of(KerasFile file) {
        return file.config() == null ? byName(file) : byConfig(file);
    }

    private static List<Part> byConfig(KerasFile file) {
        JsonNode model = file.config();
        boolean chain = text(model, "class_name").equals("Sequential");
        if (!chain && !text(model, "class_name").equals("Functional")) {
            throw file.bad("it is a " + text(model, "class_name") + " model, whose layers' order is in its code alone; give it as ONNX");
        }
        List<Part> parts = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        String before = null;
        for (JsonNode layer : model.path("config").path("layers")) {
            String name = text(layer.path("config"), "name");
            String kind = snake(text(layer, "class_name"));
            int number = seen.merge(kind, 1, Integer::sum) - 1;
            if (!chain && before != null && !before.equals(only(layer.path("inbound_nodes")))) {
                throw file.bad("its layers do not follow each other in one chain at " + name + "; give it as ONNX");
            }
            before = name;
            boolean weights = RECURRENT.contains(kind) || kind.equals("dense");
            parts.add(new Part(name, kind, weights ? file.group(name, number == 0 ? kind : kind + "_" + number) : null,
                    layer.path("config")));
        }
        return parts;
    }

    /** The layer that alone leads into one; "" where there are several. */
    private static String only(JsonNode nodes) {
        JsonNode args = nodes.path(0).path("args");
        return nodes.size() != 1 || args.size() != 1 ? "" : args.path(0).path("config").path("keras_history").path(0).asString("");
    }

    /**
     * A file of weights alone has groups by class and number: recurrent layers first, of one class, then pooling, then the
     * dense ones.
     */
    private static List<Part> byName(KerasFile file) {
        Map<String, List<Part>> kinds = new HashMap<>();
        for (Node node : file.layers()) {
            var name = NUMBERED.matcher(node.getName());
            if (name.matches() && node instanceof Group group) {
                kinds.computeIfAbsent(name.group(1), _ -> new ArrayList<>()).add(new Part(node.getName(), name.group(1), group, null));
            }
        }
        List<String> recurrent = RECURRENT.stream().filter(kinds::containsKey).toList();
        if (recurrent.size() > 1) {
            throw file.bad("it has layers of " + String.join(" and ", recurrent) + ", and a file of weights does not tell their order;"
                    + " save the whole model as NAME.keras");
        }
        List<String> order = new ArrayList<>(recurrent);
        kinds.keySet().stream().filter(kind -> !RECURRENT.contains(kind) && !kind.equals("dense")).sorted().forEach(order::add);
        order.add("dense");
        List<Part> parts = new ArrayList<>();
        for (String kind : order) {
            List<Part> same = kinds.getOrDefault(kind, List.of());
            parts.addAll(same.stream().sorted(java.util.Comparator.comparing(Part::name, StateDict.NATURAL)).toList());
        }
        return parts;
    }

    static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    /** {@code GlobalAveragePooling1D}, {@code LSTM}: {@code global_average_pooling1d}, {@code lstm}. */
    private static String snake(String name) {
        return name.replaceAll("([A-Z][a-z]+)", "_$1").replaceAll("([a-z])([A-Z])", "$1_$2").replaceAll("^_", "")
                .replace("1_D", "1D").toLowerCase(java.util.Locale.ROOT);
    }
}
