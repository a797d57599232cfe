package dev.adze.runtime.bundle;

import dev.adze.runtime.drift.Baseline;
import dev.adze.runtime.drift.Distribution;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@link Baseline} to and from the JSON of docs/bundle-format.md. */
final class BaselineJson {
    private BaselineJson() {}

    static ObjectNode write(Baseline baseline) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        write(node.putArray("channels"), baseline.channels());
        write(node.putArray("outputs"), baseline.outputs());
        node.set("sequences", write(baseline.sequences()));
        node.set("gaps", write(baseline.gaps()));
        return node;
    }

    private static void write(ArrayNode array, List<Distribution> distributions) {
        distributions.forEach(d -> array.add(write(d)));
    }

    private static ObjectNode write(Distribution distribution) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        ArrayNode edges = node.putArray("edges");
        for (double edge : distribution.edges()) {
            edges.add(edge);
        }
        ArrayNode counts = node.putArray("counts");
        for (long count : distribution.counts()) {
            counts.add(count);
        }
        return node.put("missing", distribution.missing());
    }

    static Baseline read(JsonObject node) {
        var baseline = new Baseline(distributions(node.objects("channels")), distributions(node.objects("outputs")),
                distribution(node.object("sequences")), distribution(node.object("gaps")));
        node.end();
        return baseline;
    }

    private static List<Distribution> distributions(List<JsonObject> nodes) {
        return nodes.stream().map(BaselineJson::distribution).toList();
    }

    private static Distribution distribution(JsonObject node) {
        var distribution = new Distribution(node.numbers("edges").stream().mapToDouble(d -> d).toArray(),
                node.integers("counts", 0, Long.MAX_VALUE / (Distribution.MAX_EDGES + 1)).stream().mapToLong(n -> n).toArray(),
                node.integer("missing", 0, Long.MAX_VALUE));
        node.end();
        return distribution;
    }
}
