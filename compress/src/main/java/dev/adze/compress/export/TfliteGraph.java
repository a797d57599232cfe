package dev.adze.compress.export;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.BuiltinOptionsUnion;
import org.tensorflow.lite.schema.MetadataT;
import org.tensorflow.lite.schema.Metadata;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.OperatorCodeT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.SignatureDef;
import org.tensorflow.lite.schema.SignatureDefT;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.SubGraphT;
import org.tensorflow.lite.schema.TensorMapT;
import org.tensorflow.lite.schema.TensorT;
import org.tensorflow.lite.schema.TensorType;

/** A TensorFlow Lite model of one subgraph under construction (schema version 3). Tensors are known by their index. */
final class TfliteGraph {
    /** Index of an optional input that is left out. */
    static final int NONE = -1;

    private static final int SCHEMA_VERSION = 3;
    /** Engines map weights where they lie in the file; the schema asks for 16 bytes. */
    private static final int ALIGNMENT = 16;

    private record OperatorKind(int builtin, int version) {}

    private final List<byte[]> buffers = new ArrayList<>(List.of(new byte[0])); // buffer 0 means "no data"
    private final List<TensorT> tensors = new ArrayList<>();
    private final List<OperatorT> operators = new ArrayList<>();
    private final List<OperatorKind> kinds = new ArrayList<>();
    private final List<Integer> inputs = new ArrayList<>();
    private final List<Integer> outputs = new ArrayList<>();
    private final Map<String, byte[]> metadata = new LinkedHashMap<>();

    /** A value that an operator writes. */
    int tensor(String name, byte type, QuantizationParametersT quantization, int... shape) {
        return add(name, type, quantization, 0, false, shape);
    }

    int floats(String name, int... shape) {
        return tensor(name, TensorType.FLOAT32, null, shape);
    }

    /** A value that the engine keeps from call to call, zero at first. */
    int variable(String name, byte type, QuantizationParametersT quantization, int... shape) {
        return add(name, type, quantization, 0, true, shape);
    }

    int constant(String name, byte type, QuantizationParametersT quantization, byte[] data, int... shape) {
        buffers.add(data);
        return add(name, type, quantization, buffers.size() - 1, false, shape);
    }

    int constant(String name, float[] values, int... shape) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return constant(name, TensorType.FLOAT32, null, data.array(), shape);
    }

    int integers(String name, QuantizationParametersT quantization, int... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asIntBuffer().put(values);
        return constant(name, TensorType.INT32, quantization, data.array(), values.length);
    }

    static QuantizationParametersT scale(double scale, long zeroPoint) {
        var quantization = new QuantizationParametersT();
        quantization.setScale(new float[] {(float) scale});
        quantization.setZeroPoint(new long[] {zeroPoint});
        return quantization;
    }

    /** @param builtin a code of {@code BuiltinOperator}; @param version as TensorFlow's op_version.cc gives it */
    OperatorT operator(int builtin, int version, byte optionsType, Object options, int[] in, int... out) {
        var kind = new OperatorKind(builtin, version);
        if (!kinds.contains(kind)) {
            kinds.add(kind);
        }
        var operator = new OperatorT();
        operator.setOpcodeIndex(kinds.indexOf(kind));
        operator.setInputs(in);
        operator.setOutputs(out);
        if (options != null) {
            var union = new BuiltinOptionsUnion();
            union.setType(optionsType);
            union.setValue(options);
            operator.setBuiltinOptions(union);
        }
        operators.add(operator);
        return operator;
    }

    void rename(int tensor, String name) {
        tensors.get(tensor).setName(name);
    }

    void input(int tensor) {
        inputs.add(tensor);
    }

    void output(int tensor) {
        outputs.add(tensor);
    }

    List<String> inputNames() {
        return inputs.stream().map(i -> tensors.get(i).getName()).toList();
    }

    List<String> outputNames() {
        return outputs.stream().map(i -> tensors.get(i).getName()).toList();
    }

    void metadata(String name, byte[] data) {
        metadata.put(name, data);
    }

    private int add(String name, byte type, QuantizationParametersT quantization, int buffer, boolean variable, int... shape) {
        var tensor = new TensorT();
        tensor.setName(name);
        tensor.setType(type);
        tensor.setShape(shape);
        tensor.setBuffer(buffer);
        tensor.setIsVariable(variable);
        tensor.setQuantization(quantization);
        tensors.add(tensor);
        return tensors.size() - 1;
    }

    /** The bytes of a .tflite file with one signature, whose inputs and outputs have the tensors' names. */
    byte[] toByteArray(String signature, String description) {
        var builder = new FlatBufferBuilder(1 << 16);
        var metadataOffsets = new ArrayList<Integer>();
        metadata.forEach((name, data) -> {
            buffers.add(data);
            var entry = new MetadataT();
            entry.setName(name);
            entry.setBuffer(buffers.size() - 1L);
            metadataOffsets.add(Metadata.pack(builder, entry));
        });
        int[] bufferOffsets = buffers.stream().mapToInt(data -> buffer(builder, data)).toArray();
        int[] codeOffsets = kinds.stream().mapToInt(kind -> OperatorCode.pack(builder, code(kind))).toArray();
        int subgraph = SubGraph.pack(builder, subgraph());
        int signatureOffset = SignatureDef.pack(builder, signature(signature));
        int descriptionOffset = builder.createString(description);
        int codes = Model.createOperatorCodesVector(builder, codeOffsets);
        int subgraphs = Model.createSubgraphsVector(builder, new int[] {subgraph});
        int bufferVector = Model.createBuffersVector(builder, bufferOffsets);
        int metadataVector = Model.createMetadataVector(builder,
                metadataOffsets.stream().mapToInt(Integer::intValue).toArray());
        int signatures = Model.createSignatureDefsVector(builder, new int[] {signatureOffset});
        Model.finishModelBuffer(builder, Model.createModel(builder, SCHEMA_VERSION, codes, subgraphs, descriptionOffset,
                bufferVector, 0, metadataVector, signatures));
        return builder.sizedByteArray();
    }

    private static int buffer(FlatBufferBuilder builder, byte[] data) {
        if (data.length == 0) {
            Buffer.startBuffer(builder);
            return Buffer.endBuffer(builder);
        }
        builder.createUnintializedVector(1, data.length, ALIGNMENT).put(data);
        return Buffer.createBuffer(builder, builder.endVector());
    }

    private static OperatorCodeT code(OperatorKind kind) {
        var code = new OperatorCodeT();
        code.setBuiltinCode(kind.builtin());
        code.setDeprecatedBuiltinCode((byte) Math.min(kind.builtin(), 127)); // all that engines before 2.4 read
        code.setVersion(kind.version());
        return code;
    }

    private SubGraphT subgraph() {
        var subgraph = new SubGraphT();
        subgraph.setName("main");
        subgraph.setTensors(tensors.toArray(TensorT[]::new));
        subgraph.setOperators(operators.toArray(OperatorT[]::new));
        subgraph.setInputs(inputs.stream().mapToInt(Integer::intValue).toArray());
        subgraph.setOutputs(outputs.stream().mapToInt(Integer::intValue).toArray());
        return subgraph;
    }

    private SignatureDefT signature(String key) {
        var signature = new SignatureDefT();
        signature.setSignatureKey(key);
        signature.setSubgraphIndex(0);
        signature.setInputs(inputs.stream().map(this::mapped).toArray(TensorMapT[]::new));
        signature.setOutputs(outputs.stream().map(this::mapped).toArray(TensorMapT[]::new));
        return signature;
    }

    private TensorMapT mapped(int tensor) {
        var map = new TensorMapT();
        map.setName(tensors.get(tensor).getName());
        map.setTensorIndex(tensor);
        return map;
    }
}
