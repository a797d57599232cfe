package dev.adze.agent.serve;

import dev.adze.agent.serve.InferenceQueue.Counts;
import dev.adze.agent.serve.Refusal.Why;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The protocol's JSON bodies. A value that is missing is {@code null}, as JSON has no NaN. */
final class JsonProtocol {
    private static final int MOST_DEPTH = 12;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH).maxNumberLength(64).maxStringLength(10_000).build()).build()).build();

    private static final String SIZE = "binary_data_size";

    private JsonProtocol() {}

    /** @param binary whether the answer's values should follow its JSON as bytes */
    record Parsed(InferRequest request, boolean binary) {}

    /** @param jsonBytes how much of {@code bytes} is JSON, where values follow as bytes; else -1 */
    record Body(byte[] bytes, int jsonBytes) {
        static Body json(String text) {
            return new Body(text.getBytes(StandardCharsets.UTF_8), -1);
        }
    }

    /** @param jsonBytes how much of the body is JSON; the rest are values (extension binary_tensor_data) */
    static Parsed request(byte[] body, int jsonBytes, ServedModel model) throws Refusal {
        JsonNode root;
        try {
            root = JSON.readTree(body, 0, jsonBytes);
        } catch (JacksonException e) {
            String why = String.valueOf(e.getOriginalMessage());
            throw new Refusal(Why.INVALID, why.contains("Non-standard token") ? "JSON has no NaN or infinity; write null where a value is missing"
                    : "the body is not JSON: " + ServedModel.shorten(why));
        }
        JsonNode inputs = root.path("inputs");
        if (!root.isObject() || !inputs.isArray() || inputs.size() != 1) {
            throw new Refusal(Why.INVALID, "the body must have \"inputs\" with one tensor, \"" + ServedModel.INPUT + "\"");
        }
        JsonNode input = inputs.get(0);
        if (!input.isObject()) {
            throw new Refusal(Why.INVALID, "a tensor in \"inputs\" must be an object with name, datatype, shape and data");
        }
        JsonNode parameters = root.path("parameters");
        float[] values = body.length > jsonBytes || input.path("parameters").has(SIZE) ? binary(input, body, jsonBytes) : data(input.path("data"));
        InferRequest request = model.request(text(root, "id"), text(input, "name"), text(input, "datatype"), shape(input.path("shape")), values,
                sequence(parameters.path("sequence_id")), flag(parameters, "sequence_start"), flag(parameters, "sequence_end"));
        return new Parsed(request, binaryWanted(root.path("outputs"), flag(parameters, "binary_data_output"), model));
    }

    /** Whether the answer should be binary; refuses outputs that there are not. */
    private static boolean binaryWanted(JsonNode outputs, boolean all, ServedModel model) throws Refusal {
        if (!outputs.isMissingNode() && !outputs.isNull() && !outputs.isArray()) {
            throw new Refusal(Why.INVALID, "\"outputs\" must be an array");
        }
        boolean wanted = all;
        for (int i = 0; i < outputs.size(); i++) {
            model.requireOutput(text(outputs.get(i), "name"));
            JsonNode parameters = outputs.get(i).path("parameters");
            wanted = parameters.has("binary_data") ? flag(parameters, "binary_data") : all;
        }
        return wanted;
    }

    /** Values behind the JSON: row-major, little endian; a missing one is NaN. */
    private static float[] binary(JsonNode input, byte[] body, int jsonBytes) throws Refusal {
        JsonNode size = input.path("parameters").path(SIZE);
        int bytes = body.length - jsonBytes;
        if (!size.isIntegralNumber() || size.asString().length() > 9 || size.asInt() != bytes || bytes % 4 != 0 || input.has("data")) {
            throw new Refusal(Why.INVALID, bytes + " bytes follow the JSON, as Inference-Header-Content-Length has it; the input's \"" + SIZE
                    + "\" must say so, 4 a value, instead of \"data\"");
        }
        float[] values = new float[bytes / 4];
        ByteBuffer.wrap(body, jsonBytes, bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        for (int i = 0; i < values.length; i++) {
            if (Float.isInfinite(values[i])) {
                throw new Refusal(Why.INVALID, "value " + i + " is infinite; a missing value is NaN");
            }
        }
        return values;
    }

    private static String text(JsonNode node, String key) throws Refusal {
        JsonNode value = node.path(key);
        if (!value.isString() && !value.isMissingNode() && !value.isNull()) {
            throw new Refusal(Why.INVALID, "\"" + key + "\" must be a string");
        }
        return value.asString("");
    }

    private static boolean flag(JsonNode parameters, String key) throws Refusal {
        JsonNode value = parameters.path(key);
        if (!value.isBoolean() && !value.isMissingNode()) {
            throw new Refusal(Why.INVALID, "parameter \"" + key + "\" must be true or false");
        }
        return value.asBoolean(false);
    }

    private static String sequence(JsonNode id) throws Refusal {
        if (id.isIntegralNumber()) {
            return id.asString().equals("0") ? "" : id.asString();
        }
        if (!id.isString() && !id.isMissingNode()) {
            throw new Refusal(Why.INVALID, "parameter \"sequence_id\" must be a whole number or a string");
        }
        return id.asString("");
    }

    private static long[] shape(JsonNode shape) throws Refusal {
        if (!shape.isArray() || shape.size() > 8) {
            throw new Refusal(Why.INVALID, "\"shape\" must be an array of whole numbers");
        }
        long[] sizes = new long[shape.size()];
        for (int i = 0; i < sizes.length; i++) {
            if (!shape.get(i).canConvertToLong() || !shape.get(i).isIntegralNumber()) {
                throw new Refusal(Why.INVALID, "\"shape\" must be an array of whole numbers");
            }
            sizes[i] = shape.get(i).asLong();
        }
        return sizes;
    }

    /** Flat or nested, row by row. */
    private static float[] data(JsonNode data) throws Refusal {
        if (!data.isArray()) {
            throw new Refusal(Why.INVALID, "\"data\" must be an array of numbers");
        }
        var values = new Values();
        flatten(data, values);
        return Arrays.copyOf(values.of, values.count);
    }

    private static final class Values {
        private float[] of = new float[64];
        private int count;

        void add(float value) {
            if (count == of.length) {
                of = Arrays.copyOf(of, 2 * count);
            }
            of[count++] = value;
        }
    }

    private static void flatten(JsonNode array, Values values) throws Refusal {
        for (int i = 0; i < array.size(); i++) {
            JsonNode element = array.get(i);
            if (element.isArray()) {
                flatten(element, values);
            } else if (element.isNull()) {
                values.add(Float.NaN);
            } else if (element.isNumber() && Float.isFinite((float) element.asDouble())) {
                values.add((float) element.asDouble());
            } else {
                throw new Refusal(Why.INVALID, "\"data\" must be finite numbers, or null where a value is missing, not "
                        + ServedModel.shorten(element.toString()));
            }
        }
    }

    static Body answer(Parsed parsed, InferAnswer answer, ServedModel model) {
        InferRequest request = parsed.request();
        var json = new StringBuilder(160 + 12 * answer.values().length);
        json.append("{\"model_name\":\"").append(model.name()).append("\",\"model_version\":\"").append(ServedModel.VERSION).append('"');
        if (!request.id().isEmpty()) {
            json.append(",\"id\":").append(JSON.writeValueAsString(request.id()));
        }
        json.append(",\"outputs\":[{\"name\":\"").append(ServedModel.OUTPUT).append("\",\"datatype\":\"").append(ServedModel.FP32)
                .append("\",\"shape\":").append(Arrays.toString(answer.shape()).replace(" ", ""));
        if (parsed.binary()) {
            json.append(",\"parameters\":{\"").append(SIZE).append("\":").append(4 * answer.values().length).append("}}]}");
            byte[] head = json.toString().getBytes(StandardCharsets.UTF_8);
            var body = ByteBuffer.allocate(head.length + 4 * answer.values().length).order(ByteOrder.LITTLE_ENDIAN).put(head);
            body.asFloatBuffer().put(answer.values());
            return new Body(body.array(), head.length);
        }
        json.append(",\"data\":[");
        for (int i = 0; i < answer.values().length; i++) {
            float value = answer.values()[i];
            json.append(i == 0 ? "" : ",").append(Float.isFinite(value) ? Float.toString(value) : "null");
        }
        return Body.json(json.append("]}]}").toString());
    }

    static String error(String message) {
        return JSON.createObjectNode().put("error", message).toString();
    }

    static String server(String version) {
        ObjectNode json = JSON.createObjectNode().put("name", "adze-agent").put("version", version);
        ArrayNode extensions = json.putArray("extensions");
        ServedModel.EXTENSIONS.forEach(extensions::add);
        return json.toString();
    }

    static String model(ServedModel model) {
        ObjectNode json = JSON.createObjectNode().put("name", model.name());
        json.putArray("versions").add(ServedModel.VERSION);
        json.put("platform", ServedModel.PLATFORM);
        tensor(json.putArray("inputs"), ServedModel.INPUT, model.inputShape(), "channels", model.channelNames());
        tensor(json.putArray("outputs"), ServedModel.OUTPUT, model.outputShape(), "outputs", model.outputNames());
        return json.toString();
    }

    private static void tensor(ArrayNode list, String name, long[] shape, String key, String names) {
        ObjectNode tensor = list.addObject().put("name", name).put("datatype", ServedModel.FP32);
        ArrayNode sizes = tensor.putArray("shape");
        Arrays.stream(shape).forEach(sizes::add);
        tensor.putObject("parameters").put(key, names);
    }

    static String counts(Counts counts) {
        return JSON.writeValueAsString(counts);
    }
}
