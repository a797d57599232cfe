package dev.adze.runtime.bundle;

import static dev.adze.runtime.bundle.FormatException.quote;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import tools.jackson.databind.node.ObjectNode;

/** {@link Layer} to and from the JSON of docs/bundle-format.md. A layer's input size is what comes before it. */
final class LayerJson {
    private static final int MAX_SIZE = 16_384;

    private LayerJson() {}

    static ObjectNode write(Layer layer) {
        ObjectNode node = Json.MAPPER.createObjectNode().put("type", layer.kind());
        switch (layer) {
            case Lstm lstm -> {
                node.put("hiddenSize", lstm.hiddenSize());
                if (lstm.hold() > 0) {
                    node.put("hold", lstm.hold());
                }
            }
            case LstmVariant lstm -> node.put("hiddenSize", lstm.hiddenSize())
                    .put("layerNorm", lstm.layerNorm()).put("peephole", lstm.peephole());
            case ProjectedLstm lstm -> node.put("cellSize", lstm.cellSize()).put("hiddenSize", lstm.hiddenSize());
            case Gru gru -> node.put("hiddenSize", gru.hiddenSize());
            case MinimalGate unit -> node.put("hiddenSize", unit.hiddenSize());
            case Dense dense -> node.put("outputSize", dense.outputSize())
                    .put("activation", JsonObject.lowerCase(dense.activation()));
            case Bidirectional both -> {
                node.set("forward", write(both.forward()));
                node.set("backward", write(both.backward()));
            }
            case Residual residual -> node.set("layer", write(residual.layer()));
            case MeanPooling _ -> { }
            case AttentionPooling attention -> node.put("attentionSize", attention.attentionSize());
            case Convolution convolution -> node.put("outputSize", convolution.outputSize()).put("kernel", convolution.kernel())
                    .put("dilation", convolution.dilation()).put("activation", JsonObject.lowerCase(convolution.activation()));
            case SelfAttention attention -> node.put("heads", attention.heads());
            case TransformerLayer transformer -> node.put("heads", transformer.heads())
                    .put("feedForwardSize", transformer.feedForwardSize());
            case StaticFeatures statics -> statics.features().forEach(node.putArray("features")::add);
        }
        return node;
    }

    /** @throws FormatException naming the field, or that the type is unknown */
    static Layer read(JsonObject node, int inputSize) {
        String type = node.string("type");
        Layer layer = switch (type) {
            case "lstm" -> new Lstm(inputSize, size(node, "hiddenSize"),
                    node.names().contains("hold") ? (int) node.integer("hold", 1, Lstm.MAX_HOLD) : 0);
            case "dense" -> new Dense(inputSize, size(node, "outputSize"), node.choice("activation", Dense.Activation.class));
            case "bidirectional" -> new Bidirectional(direction(node.object("forward"), inputSize),
                    direction(node.object("backward"), inputSize));
            case "residual" -> new Residual(inner(node.object("layer"), inputSize));
            case "mean-pooling" -> new MeanPooling(inputSize);
            case "attention-pooling" -> new AttentionPooling(inputSize, size(node, "attentionSize"));
            case "convolution" -> new Convolution(inputSize, size(node, "outputSize"), size(node, "kernel"), size(node, "dilation"),
                    node.choice("activation", Dense.Activation.class));
            case "self-attention" -> new SelfAttention(inputSize, size(node, "heads"));
            case "transformer" -> new TransformerLayer(inputSize, size(node, "heads"), size(node, "feedForwardSize"));
            case "static-features" -> new StaticFeatures(inputSize,
                    node.integers("features", 0, MAX_SIZE - 1L).stream().map(Long::intValue).toList());
            default -> recurrent(type, node, inputSize);
        };
        node.end();
        return layer;
    }

    /** What a residual connection may go round; nothing deeper, so that no file can make the reader recurse. */
    private static Layer inner(JsonObject node, int inputSize) {
        String type = node.string("type");
        if (!type.equals("bidirectional")) {
            RecurrentLayer layer = recurrent(type, node, inputSize);
            node.end();
            return layer;
        }
        var both = new Bidirectional(direction(node.object("forward"), inputSize),
                direction(node.object("backward"), inputSize));
        node.end();
        return both;
    }

    private static RecurrentLayer direction(JsonObject node, int inputSize) {
        RecurrentLayer layer = recurrent(node.string("type"), node, inputSize);
        node.end();
        return layer;
    }

    private static RecurrentLayer recurrent(String type, JsonObject node, int inputSize) {
        return switch (type) {
            case "lstm" -> new Lstm(inputSize, size(node, "hiddenSize"));
            case "lstm-variant" -> new LstmVariant(inputSize, size(node, "hiddenSize"), node.bool("layerNorm"),
                    node.bool("peephole"));
            case "lstm-projected" -> new ProjectedLstm(inputSize, size(node, "cellSize"), size(node, "hiddenSize"));
            case "minimal-gate" -> new MinimalGate(inputSize, size(node, "hiddenSize"));
            case "gru" -> new Gru(inputSize, size(node, "hiddenSize"));
            default -> throw new FormatException("layer type " + quote(type) + " is unknown here; update Adze");
        };
    }

    private static int size(JsonObject node, String name) {
        return (int) node.integer(name, 1, MAX_SIZE);
    }
}
