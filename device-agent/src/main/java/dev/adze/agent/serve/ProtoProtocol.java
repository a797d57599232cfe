package dev.adze.agent.serve;

import dev.adze.agent.wire.ProtoWriter;
import dev.adze.agent.serve.Refusal.Why;
import java.util.Arrays;

/**
 * The protocol's protobuf messages (open_inference_grpc.proto of the Open Inference Protocol; the streaming answer as
 * Triton's sequence extension has it). Field numbers stand beside their names. Unknown fields are skipped.
 */
final class ProtoProtocol {
    private static final int MOST_DIMENSIONS = 8;

    private ProtoProtocol() {}

    /** @param raw whether it came as raw bytes, and so should the answer */
    record Parsed(InferRequest request, boolean raw) {}

    private static final class Fields {
        private String model = "";
        private String version = "";
        private String id = "";
        private String sequence = "";
        private boolean start;
        private boolean end;
        private String tensor;
        private String datatype = "";
        private long[] shape = {};
        private float[] contents;
        private float[] raw;
    }

    static Parsed request(byte[] message, ServedModel model) throws Refusal {
        var fields = new Fields();
        var in = new ProtoReader(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> fields.model = in.string(); // model_name
                case 2 -> fields.version = in.string(); // model_version
                case 3 -> fields.id = in.string(); // id
                case 4 -> parameter(in.message(), fields); // parameters
                case 5 -> input(in.message(), fields); // inputs
                case 6 -> output(in.message(), model); // outputs
                case 7 -> { // raw_input_contents
                    if (fields.raw != null) {
                        throw new Refusal(Why.INVALID, "there is one input, but more than one raw_input_contents");
                    }
                    fields.raw = floats(in.message());
                }
                default -> in.skip();
            }
        }
        model.require(fields.model, fields.version);
        if (fields.tensor == null || (fields.raw == null) == (fields.contents == null)) {
            throw new Refusal(Why.INVALID, "the request must have one input, '" + ServedModel.INPUT
                    + "', with fp32_contents or raw_input_contents");
        }
        float[] values = fields.raw != null ? fields.raw : fields.contents;
        return new Parsed(model.request(fields.id, fields.tensor, fields.datatype, fields.shape, values, fields.sequence,
                fields.start, fields.end), fields.raw != null);
    }

    /** An entry of map<string, InferParameter>. */
    private static void parameter(ProtoReader in, Fields fields) throws Refusal {
        String key = "";
        String text = "";
        boolean flag = false;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> key = in.string();
                case 2 -> {
                    ProtoReader value = in.message();
                    for (int choice = value.next(); choice != 0; choice = value.next()) {
                        switch (choice) {
                            case 1 -> flag = value.number() != 0; // bool_param
                            case 2 -> text = Long.toString(value.number()); // int64_param
                            case 3 -> text = value.string(); // string_param
                            case 5 -> text = Long.toUnsignedString(value.number()); // uint64_param
                            default -> value.skip();
                        }
                    }
                }
                default -> in.skip();
            }
        }
        switch (key) {
            case "sequence_id" -> fields.sequence = text.equals("0") ? "" : text;
            case "sequence_start" -> fields.start = flag;
            case "sequence_end" -> fields.end = flag;
            default -> {} // others mean nothing here
        }
    }

    private static void input(ProtoReader in, Fields fields) throws Refusal {
        if (fields.tensor != null) {
            throw new Refusal(Why.INVALID, "the model has one input, '" + ServedModel.INPUT + "'");
        }
        fields.tensor = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> fields.tensor = in.string(); // name
                case 2 -> fields.datatype = in.string(); // datatype
                case 3 -> shape(in, fields); // shape
                case 5 -> fields.contents = contents(in.message()); // contents
                default -> in.skip();
            }
        }
    }

    /** Packed, or one number a field: readers must take both. */
    private static void shape(ProtoReader in, Fields fields) throws Refusal {
        if (!in.isBytes()) {
            grow(fields, in.number());
            return;
        }
        ProtoReader packed = in.message();
        while (packed.remaining() > 0) {
            grow(fields, packed.varint());
        }
    }

    private static void grow(Fields fields, long size) throws Refusal {
        if (fields.shape.length == MOST_DIMENSIONS) {
            throw new Refusal(Why.INVALID, "a shape of more than " + MOST_DIMENSIONS + " dimensions");
        }
        fields.shape = Arrays.copyOf(fields.shape, fields.shape.length + 1);
        fields.shape[fields.shape.length - 1] = size;
    }

    private static float[] contents(ProtoReader in) throws Refusal {
        float[] all = {};
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field != 6) { // fp32_contents
                in.skip();
                continue;
            }
            float[] more = in.isBytes() ? floats(in.message()) : new float[] {in.singleFloat()};
            if (all.length > 0 && more.length == 1 && all.length >= 4096) {
                throw new Refusal(Why.INVALID, "fp32_contents must be packed");
            }
            int before = all.length;
            all = Arrays.copyOf(all, before + more.length);
            System.arraycopy(more, 0, all, before, more.length);
        }
        return all;
    }

    private static void output(ProtoReader in, ServedModel model) throws Refusal {
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) { // name
                model.requireOutput(in.string());
            } else {
                in.skip();
            }
        }
    }

    private static float[] floats(ProtoReader in) throws Refusal {
        if (in.remaining() % 4 != 0) {
            throw new Refusal(Why.INVALID, "FP32 contents of " + in.remaining() + " bytes");
        }
        float[] values = new float[in.remaining() / 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.float32();
            if (Float.isInfinite(values[i])) {
                throw new Refusal(Why.INVALID, "value " + i + " is infinite; a missing value is NaN");
            }
        }
        return values;
    }

    static byte[] answer(Parsed parsed, InferAnswer answer, ServedModel model) {
        return answerMessage(parsed, answer, model).toBytes();
    }

    private static ProtoWriter answerMessage(Parsed parsed, InferAnswer answer, ServedModel model) {
        var tensor = new ProtoWriter().string(1, ServedModel.OUTPUT).string(2, ServedModel.FP32).packed(3, answer.shape());
        byte[] floats = ProtoWriter.floats(answer.values());
        if (!parsed.raw()) {
            tensor.message(5, new ProtoWriter().bytes(6, floats));
        }
        var out = new ProtoWriter().string(1, model.name()).string(2, ServedModel.VERSION).string(3, parsed.request().id()).message(5, tensor);
        return parsed.raw() ? out.bytes(6, floats) : out;
    }

    /** ModelStreamInferResponse: error_message, or infer_response. */
    static byte[] streamAnswer(Parsed parsed, InferAnswer answer, ServedModel model) {
        return new ProtoWriter().message(2, answerMessage(parsed, answer, model)).toBytes();
    }

    static byte[] streamError(String message) {
        return new ProtoWriter().string(1, message).toBytes();
    }

    /** Of ServerLive, ServerReady and ModelReady: one flag. */
    static byte[] yes() {
        return new ProtoWriter().flag(1, true).toBytes();
    }

    /** Checks the name and version of ModelReadyRequest and ModelMetadataRequest. */
    static void requireModel(byte[] message, ServedModel model) throws Refusal {
        String name = "";
        String version = "";
        var in = new ProtoReader(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> name = in.string();
                case 2 -> version = in.string();
                default -> in.skip();
            }
        }
        model.require(name, version);
    }

    static byte[] server(String version) {
        var out = new ProtoWriter().string(1, "adze-agent").string(2, version);
        ServedModel.EXTENSIONS.forEach(e -> out.string(3, e));
        return out.toBytes();
    }

    static byte[] metadata(ServedModel model) {
        return new ProtoWriter().string(1, model.name()).string(2, ServedModel.VERSION).string(3, ServedModel.PLATFORM)
                .message(4, new ProtoWriter().string(1, ServedModel.INPUT).string(2, ServedModel.FP32).packed(3, model.inputShape()))
                .message(5, new ProtoWriter().string(1, ServedModel.OUTPUT).string(2, ServedModel.FP32).packed(3, model.outputShape())).toBytes();
    }
}
