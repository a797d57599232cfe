package dev.adze.compress.export;

import dev.adze.compress.proto.ProtoWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * An ONNX model under construction. Field numbers are those of onnx.proto (ONNX IR version 8, November 2022); operators
 * of opset 17, which TensorRT 8.5 and ONNX Runtime 1.12 and later read, and of {@code com.microsoft} version 1 if used.
 */
final class OnnxGraph {
    static final long IR_VERSION = 8;
    static final long OPSET = 17;

    /** TensorProto.DataType. */
    enum ElementType {
        FLOAT(1), UINT8(2), INT8(3), INT64(7), DOUBLE(11);

        private final int code;

        ElementType(int code) {
            this.code = code;
        }
    }

    private final ProtoWriter graph = new ProtoWriter();
    private final SequencedMap<String, String> metadata = new LinkedHashMap<>();
    private boolean microsoft;

    /** A graph input. A dimension is a number, or a name where it is free. */
    void input(String name, String description, Object... shape) {
        graph.message(11, valueInfo(name, description, shape));
    }

    void output(String name, String description, Object... shape) {
        graph.message(12, valueInfo(name, description, shape));
    }

    void metadata(String key, String value) {
        metadata.put(key, value);
    }

    /**
     * @param inputs     names; empty for an optional input left out
     * @param attributes values are Long, String, long[] or the graph of a body
     */
    void node(String operator, String name, List<String> inputs, List<String> outputs, Map<String, ?> attributes) {
        node("", operator, name, inputs, outputs, attributes);
    }

    /** A node of ONNX Runtime's own operators. */
    void microsoftNode(
            String operator, String name, List<String> inputs, List<String> outputs, Map<String, ?> attributes) {
        microsoft = true;
        node("com.microsoft", operator, name, inputs, outputs, attributes);
    }

    private void node(String domain, String operator, String name, List<String> inputs, List<String> outputs,
            Map<String, ?> attributes) {
        var node = new ProtoWriter();
        inputs.forEach(input -> node.text(1, input));
        outputs.forEach(output -> node.text(2, output));
        node.text(3, name).text(4, operator);
        attributes.forEach((key, value) -> node.message(5, attribute(key, value)));
        graph.message(1, domain.isEmpty() ? node : node.text(7, domain));
    }

    private static ProtoWriter attribute(String name, Object value) {
        var attribute = new ProtoWriter().text(1, name);
        return switch (value) {
            case OnnxGraph body -> attribute.message(6, body.graph.text(2, name)).integer(20, 5);
            case Long number -> attribute.integer(3, number).integer(20, 2);
            case String text -> attribute.text(4, text).integer(20, 3);
            case long[] numbers -> {
                for (long number : numbers) {
                    attribute.integer(8, number);
                }
                yield attribute.integer(20, 7);
            }
            default -> throw new IllegalArgumentException("attribute " + name + " of " + value.getClass());
        };
    }

    String floats(String name, float[] values, long... shape) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, ElementType.FLOAT, bytes.array(), shape);
    }

    String longs(String name, long... values) {
        var bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return tensor(name, ElementType.INT64, bytes.array(), values.length);
    }

    String doubles(String name, double... values) {
        var bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return tensor(name, ElementType.DOUBLE, bytes.array(), values.length);
    }

    /** An initializer from its raw little-endian bytes; returns its name. */
    String tensor(String name, ElementType type, byte[] raw, long... shape) {
        var tensor = new ProtoWriter();
        for (long dimension : shape) {
            tensor.integer(1, dimension);
        }
        graph.message(5, tensor.integer(2, type.code).text(8, name).bytes(9, raw));
        return name;
    }

    private static ProtoWriter valueInfo(String name, String description, Object... shape) {
        var dimensions = new ProtoWriter();
        for (Object dimension : shape) {
            dimensions.message(1, switch (dimension) {
                case Integer size -> new ProtoWriter().integer(1, size);
                case String free -> new ProtoWriter().text(2, free);
                default -> throw new IllegalArgumentException("dimension " + dimension);
            });
        }
        var tensorType = new ProtoWriter().integer(1, ElementType.FLOAT.code).message(2, dimensions);
        return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensorType)).text(3, description);
    }

    /** The whole ModelProto. */
    byte[] toByteArray(String graphName, String producerVersion, String description) {
        graph.text(2, graphName);
        var model = new ProtoWriter().integer(1, IR_VERSION).text(2, "adze").text(3, producerVersion)
                .text(6, description).message(7, graph)
                .message(8, new ProtoWriter().text(1, "").integer(2, OPSET));
        if (microsoft) {
            model.message(8, new ProtoWriter().text(1, "com.microsoft").integer(2, 1));
        }
        metadata.forEach((key, value) -> model.message(14, new ProtoWriter().text(1, key).text(2, value)));
        return model.toByteArray();
    }
}
