package dev.adze.compress.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.adze.runtime.AdzeException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An .onnx file that {@link OnnxWriter} wrote, in ONNX Runtime on one thread. */
final class OnnxEngine implements ExportEngine {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Map<String, String> metadata;
    private final List<String> states = new ArrayList<>();
    private final String input;
    private final int inputSize;

    private OnnxEngine(OrtEnvironment environment, OrtSession session) throws OrtException {
        this.environment = environment;
        this.session = session;
        metadata = session.getMetadata().getCustomMetadata();
        input = session.getInputNames().contains(OnnxPreprocess.RAW) ? OnnxPreprocess.RAW : OnnxWriter.FEATURES;
        var features = session.getInputInfo().get(input);
        if (features == null || !metadata.containsKey(OnnxWriter.FORM_KEY)) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE,
                    "the ONNX model was not written by Adze: export the bundle with adze export BUNDLE --to onnx");
        }
        inputSize = (int) ((TensorInfo) features.getInfo()).getShape()[2];
        session.getInputNames().stream().filter(name -> !name.equals(input)).forEach(states::add);
    }

    /** @throws AdzeException BAD_BUNDLE if ONNX Runtime refuses the file, UNAVAILABLE if it cannot be loaded */
    static OnnxEngine open(byte[] file) {
        try {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (var options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                return new OnnxEngine(environment, environment.createSession(file, options));
            }
        } catch (OrtException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "ONNX Runtime refuses the file: " + e.getMessage(), e);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "ONNX Runtime cannot be loaded here ("
                    + Engines.reason(e) + "): it needs Linux x86-64 or arm64 with glibc 2.28, macOS on arm64, or Windows, and a"
                    + " folder for temporary files that can be written to (set -Djava.io.tmpdir=FOLDER)", e);
        }
    }

    @Override
    public String name() {
        return "ONNX Runtime " + environment.getVersion();
    }

    @Override
    public ExportForm form() {
        return ExportForm.valueOf(metadata.get(OnnxWriter.FORM_KEY).toUpperCase(Locale.ROOT));
    }

    @Override
    public boolean takesRaw() {
        return input.equals(OnnxPreprocess.RAW);
    }

    @Override
    public Result run(float[] features, int steps) {
        try {
            return switch (form()) {
                case STEP -> stream(features, steps);
                case WINDOW -> {
                    var outputs = call(features, 0, steps, Map.of());
                    yield new Result(outputs.get(OnnxWriter.SCALED), outputs.getOrDefault(OnnxWriter.PHYSICAL, new float[0]));
                }
            };
        } catch (OrtException e) {
            throw new AdzeException(AdzeException.Kind.MISMATCH, "ONNX Runtime cannot run the file: " + e.getMessage(), e);
        }
    }

    private Result stream(float[] features, int steps) throws OrtException {
        var state = new LinkedHashMap<String, float[]>();
        for (String name : states) {
            long[] shape = ((TensorInfo) session.getInputInfo().get(name).getInfo()).getShape();
            state.put(name, new float[(int) Arrays.stream(shape).map(Math::abs).reduce(1, (a, b) -> a * b)]); // batch is -1
        }
        float[] scaled = new float[0];
        float[] physical = new float[0];
        for (int t = 0; t < steps; t++) {
            var outputs = call(features, t, 1, state);
            scaled = append(scaled, outputs.get(OnnxWriter.SCALED), t, steps);
            physical = append(physical, outputs.getOrDefault(OnnxWriter.PHYSICAL, new float[0]), t, steps);
            states.forEach(name -> state.put(name, outputs.get(name + ".next")));
        }
        return new Result(scaled, physical);
    }

    static float[] append(float[] all, float[] step, int t, int steps) {
        float[] target = t == 0 ? new float[step.length * steps] : all;
        System.arraycopy(step, 0, target, t * step.length, step.length);
        return target;
    }

    /** One call with batch 1. */
    private Map<String, float[]> call(float[] features, int from, int steps, Map<String, float[]> state)
            throws OrtException {
        var inputs = new LinkedHashMap<String, OnnxTensor>();
        try {
            inputs.put(input, OnnxTensor.createTensor(environment,
                    FloatBuffer.wrap(features, from * inputSize, steps * inputSize), new long[] {steps, 1, inputSize}));
            for (var entry : state.entrySet()) {
                long[] shape = ((TensorInfo) session.getInputInfo().get(entry.getKey()).getInfo()).getShape();
                inputs.put(entry.getKey(), OnnxTensor.createTensor(environment, FloatBuffer.wrap(entry.getValue()),
                        Arrays.stream(shape).map(Math::abs).toArray()));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                var outputs = new LinkedHashMap<String, float[]>();
                for (var entry : result) {
                    FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
                    float[] values = new float[buffer.remaining()];
                    buffer.get(values);
                    outputs.put(entry.getKey(), values);
                }
                return outputs;
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
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
