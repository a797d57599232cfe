package dev.adze.compress.teacher;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.adze.compress.export.OnnxInspector;
import dev.adze.compress.export.OnnxWriter;
import dev.adze.compress.recipe.GivenTeacher;
import dev.adze.compress.recipe.GivenTeacher.Layout;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Manifest;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Any ONNX model of one float input, in ONNX Runtime. */
public final class OnnxTeacher implements TeacherEngine {
    private final String file;
    private final TeacherShape shape;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OnnxInspector content;
    private final String input;
    private final String output;
    private final Layout layout;
    private final long batch;

    private OnnxTeacher(String file, TeacherShape shape, OnnxInspector content, OrtEnvironment environment, OrtSession session,
            GivenTeacher given) throws OrtException {
        this.file = file;
        this.shape = shape;
        this.content = content;
        this.environment = environment;
        this.session = session;
        if (session.getNumInputs() != 1) {
            throw usage(file + " takes the inputs " + String.join(", ", session.getInputNames()) + "; a teacher takes one,"
                    + " a window, and starts from its own state: export it so");
        }
        NodeInfo node = session.getInputInfo().values().iterator().next();
        input = node.getName();
        if (!(node.getInfo() instanceof TensorInfo tensor) || tensor.type != OnnxJavaType.FLOAT) {
            throw usage(file + " takes " + input + " as " + node.getInfo() + "; a teacher takes a tensor of 32-bit floats");
        }
        boolean ours = content.metadata().containsKey(OnnxWriter.MANIFEST_KEY);
        layout = shape.layout(ours && given.layout() == Layout.AUTO ? Layout.STEPS_BATCH_FEATURES : given.layout(),
                tensor.getShape(), file + ": its input " + input);
        batch = TeacherShape.batch(layout, tensor.getShape());
        output = output(given.output());
    }

    /**
     * @throws AdzeException NOT_FOUND; BAD_BUNDLE for a damaged file or operators that ONNX Runtime does not have; USAGE for
     *         a shape that the data does not fit; UNAVAILABLE
     */
    public static OnnxTeacher open(Path path, TeacherShape shape, GivenTeacher given) {
        String file = path.getFileName().toString();
        String version = "";
        try {
            OnnxInspector content = OnnxInspector.inspect(read(path));
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            version = " " + environment.getVersion();
            try (var options = new OrtSession.SessionOptions()) {
                // Warnings of its optimizer are about its own passes, not about the model.
                options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
                OrtSession session = environment.createSession(path.toString(), options);
                try {
                    return new OnnxTeacher(file, shape, content, environment, session, given);
                } catch (RuntimeException | OrtException e) {
                    session.close();
                    throw e;
                }
            }
        } catch (OrtException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "ONNX Runtime" + version + " cannot run the teacher " + file
                    + " (" + e.getMessage() + "); export it again with standard operators of an opset that it has", e);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "ONNX Runtime cannot be loaded here (" + e
                    + "): it needs Linux x86-64 or arm64 with glibc 2.28, macOS on arm64, or Windows", e);
        }
    }

    private String output(String wanted) throws OrtException {
        List<String> names = session.getOutputInfo().values().stream()
                .filter(node -> node.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.FLOAT)
                .map(NodeInfo::getName).toList();
        if (wanted.isEmpty() && !names.isEmpty()) {
            return names.contains(OnnxWriter.SCALED) ? OnnxWriter.SCALED : names.getFirst();
        }
        if (!names.contains(wanted)) {
            throw usage(file + " has no output " + (wanted.isEmpty() ? "of 32-bit floats" : wanted + "; teacher.output can be one of ")
                    + String.join(", ", names));
        }
        return wanted;
    }

    /**
     * Of a file that {@code adze export} wrote.
     *
     * @throws AdzeException NOT_FOUND or BAD_BUNDLE
     */
    public static Optional<Manifest> manifest(Path path) {
        return Optional.ofNullable(OnnxInspector.inspect(read(path)).metadata().get(OnnxWriter.MANIFEST_KEY)).map(Manifest::fromJson);
    }

    private static byte[] read(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, "teacher " + path + " is missing or may not be read", e);
        }
    }

    @Override
    public String name() {
        return "ONNX Runtime " + environment.getVersion();
    }

    @Override
    public String architecture() {
        var kinds = content.operators().keySet().stream().filter(HEAVY::contains).toList();
        int count = content.operators().values().stream().mapToInt(Integer::intValue).sum();
        return "ONNX, " + count + " operators" + (kinds.isEmpty() ? "" : " (" + String.join(", ", kinds) + ")");
    }

    /** Operators that say what kind of model it is. */
    private static final List<String> HEAVY = List.of("LSTM", "GRU", "RNN", "Conv", "MatMul", "Gemm", "Attention", "Softmax",
            "ai.onnx.ml:TreeEnsembleRegressor", "ai.onnx.ml:TreeEnsembleClassifier", "ai.onnx.ml:LinearRegressor");

    @Override
    public Long parameters() {
        return content.parameters() == 0 ? null : content.parameters();
    }

    @Override
    public Answer answer(float[] features, int count) {
        if (batch < 0 || batch == count) {
            return call(features, 0, count);
        }
        int steps = 0;
        float[] all = new float[0];
        int size = (int) batch;
        for (int first = 0; first < count; first += size) {
            int here = Math.min(size, count - first);
            // A model of a fixed batch gets its last window again where windows are short.
            float[] whole = new float[size * shape.steps() * shape.features()];
            for (int w = 0; w < size; w++) {
                System.arraycopy(features, (first + Math.min(w, here - 1)) * shape.steps() * shape.features(), whole,
                        w * shape.steps() * shape.features(), shape.steps() * shape.features());
            }
            Answer part = call(whole, 0, size);
            steps = part.steps();
            int floats = steps * shape.outputs();
            all = first == 0 ? new float[count * floats] : all;
            System.arraycopy(part.values(), 0, all, first * floats, here * floats);
        }
        return new Answer(steps, all);
    }

    private Answer call(float[] features, int first, int count) {
        try (var tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(shape.pack(layout, features, first, count)),
                        shape.dims(layout, count));
                var result = session.run(Map.of(input, tensor), java.util.Set.of(output))) {
            var given = (OnnxTensor) result.get(output).orElseThrow();
            FloatBuffer buffer = given.getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return shape.answer(layout, given.getInfo().getShape(), values, count, file + ": its output " + output);
        } catch (OrtException e) {
            throw new AdzeException(AdzeException.Kind.MISMATCH, "ONNX Runtime fails in the teacher " + file + " on "
                    + TeacherShape.text(shape.dims(layout, count)) + ": " + e.getMessage(), e);
        }
    }

    private static AdzeException usage(String message) {
        return new AdzeException(AdzeException.Kind.USAGE, "teacher " + message);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
