package dev.adze.compress.export;

import dev.adze.compress.proto.ProtoReader;
import dev.adze.runtime.AdzeException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What an .onnx file is made of, read back from its bytes.
 *
 * @param operators  how often each operator occurs; those of a vendor as {@code domain:name}
 * @param metadata   the model's metadata_props
 * @param parameters numbers in its initializers, indices aside
 */
public record OnnxInspector(SequencedMap<String, Integer> operators, SequencedMap<String, String> metadata, long parameters) {
    /** TensorProto.DataType of indices and truth values, which nobody trained. */
    private static final Set<Long> UNTRAINED = Set.of(6L, 7L, 8L, 9L);

    /** @throws AdzeException BAD_BUNDLE if the bytes are no ONNX model */
    public static OnnxInspector inspect(byte[] file) {
        var operators = new LinkedHashMap<String, Integer>();
        var metadata = new LinkedHashMap<String, String>();
        long parameters = 0;
        try {
            boolean graph = false;
            for (var model = new ProtoReader(ByteBuffer.wrap(file)); model.next();) {
                if (model.field() == 7) {
                    graph = true;
                    parameters = count(model.message(), operators);
                } else if (model.field() == 14) {
                    String key = "";
                    String value = "";
                    for (var entry = model.message(); entry.next();) {
                        key = entry.field() == 1 ? entry.text() : key;
                        value = entry.field() == 2 ? entry.text() : value;
                    }
                    metadata.put(key, value);
                }
            }
            if (!graph) {
                throw new IllegalArgumentException("there is no graph");
            }
        } catch (IllegalArgumentException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "this is no ONNX file or a damaged one ("
                    + e.getMessage() + ")", e);
        }
        return new OnnxInspector(operators, metadata, parameters);
    }

    /** Counts the operators of a graph and of the bodies in it; returns the parameters. */
    private static long count(ProtoReader graph, SequencedMap<String, Integer> operators) {
        long parameters = 0;
        while (graph.next()) {
            if (graph.field() == 1) {
                parameters += node(graph.message(), operators);
            } else if (graph.field() == 5) {
                parameters += trained(graph.message());
            }
        }
        return parameters;
    }

    private static long node(ProtoReader node, SequencedMap<String, Integer> operators) {
        String name = "";
        String domain = "";
        long parameters = 0;
        while (node.next()) {
            if (node.field() == 5) {
                for (var attribute = node.message(); attribute.next();) {
                    parameters += attribute.field() == 6 ? count(attribute.message(), operators) : 0;
                }
            }
            name = node.field() == 4 ? node.text() : name;
            domain = node.field() == 7 ? node.text() : domain;
        }
        operators.merge(domain.isEmpty() ? name : domain + ":" + name, 1, Integer::sum);
        return parameters;
    }

    private static long trained(ProtoReader tensor) {
        long count = 1;
        long type = 0;
        while (tensor.next()) {
            if (tensor.field() == 1) {
                for (long size : tensor.numbers()) {
                    count *= size;
                }
            } else if (tensor.field() == 2) {
                type = tensor.numbers()[0];
            }
        }
        return UNTRAINED.contains(type) ? 0 : count;
    }

    int count(String operator) {
        return operators.getOrDefault(operator, 0);
    }
}
