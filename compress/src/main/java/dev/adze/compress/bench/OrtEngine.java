package dev.adze.compress.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.adze.compress.export.ExportForm;
import dev.adze.compress.export.ExportModel;
import dev.adze.compress.export.OnnxPrecision;
import dev.adze.compress.export.OnnxWriter;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime on the file that {@code adze export --to onnx} gives: operator LSTM in fp32, DynamicQuantizeLSTM in int8.
 * As fast as its Java interface allows: all tensors are made once, over memory outside the heap; the new state is
 * written by the session into one of two sets, which change places from call to call, so nothing is copied but features
 * and outputs.
 */
record OrtEngine(Precision precision) implements Engine {
    @Override
    public String name() {
        return "ONNX Runtime";
    }

    @Override
    public String id() {
        return "onnxruntime";
    }

    @Override
    public boolean ours() {
        return false;
    }

    @Override
    public int maxThreads() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Contender open(Workload workload, Mode mode, int threads) {
        byte[] file = OnnxWriter.write(ExportModel.of(workload.weights()), switch (mode) {
            case STEP -> ExportForm.STEP;
            case WINDOW -> ExportForm.WINDOW;
        }, switch (precision) {
            case FP32 -> OnnxPrecision.FP32;
            case INT8 -> OnnxPrecision.INT8_DYNAMIC;
            case FP16, INT4, MIXED -> throw new IllegalArgumentException("ONNX Runtime has no LSTM in " + precision);
        });
        try {
            return new Loaded(file, workload, mode, threads);
        } catch (OrtException e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "ONNX Runtime refuses the model: " + e.getMessage(), e);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "ONNX Runtime cannot be loaded here (" + e + ")", e);
        }
    }

    private static final class Loaded implements Contender {
        /** Inputs and outputs of a call. */
        private record Binding(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final OrtSession session;
        private final List<OnnxTensor> tensors = new ArrayList<>();
        private final List<FloatBuffer> states = new ArrayList<>();
        private final FloatBuffer features;
        private final FloatBuffer output;
        private Binding next;
        private Binding afterNext;

        Loaded(byte[] file, Workload workload, Mode mode, int threads) throws OrtException {
            try (var options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                options.setIntraOpNumThreads(threads);
                options.setInterOpNumThreads(1);
                session = environment.createSession(file, options);
            }
            int steps = mode == Mode.STEP ? 1 : workload.windowSteps();
            int inputs = workload.network().inputSize();
            int outputs = workload.network().outputSize();
            features = buffer(steps * inputs);
            output = buffer(outputs);
            OnnxTensor featureTensor = tensor(features, steps, 1, inputs);
            OnnxTensor outputTensor = mode == Mode.STEP ? tensor(output, 1, 1, outputs) : tensor(output, 1, outputs);
            Map<String, OnnxTensor> first = new LinkedHashMap<>();
            Map<String, OnnxTensor> second = new LinkedHashMap<>();
            if (mode == Mode.STEP) {
                addStates(workload, first);
                addStates(workload, second);
            }
            next = binding(featureTensor, outputTensor, first, second);
            afterNext = binding(featureTensor, outputTensor, second, first);
        }

        private void addStates(Workload workload, Map<String, OnnxTensor> named) throws OrtException {
            int recurrent = 0;
            for (Layer layer : workload.network().layers()) {
                switch (layer) {
                    case Lstm lstm -> {
                        for (String kind : List.of("h.", "c.")) {
                            FloatBuffer state = buffer(lstm.hiddenSize());
                            states.add(state);
                            named.put(kind + recurrent, tensor(state, 1, 1, lstm.hiddenSize()));
                        }
                        recurrent++;
                    }
                    case Dense _ -> { }
                    case Layer other -> throw other.refusedBy("adze bench");
                }
            }
        }

        private static Binding binding(OnnxTensor features, OnnxTensor output, Map<String, OnnxTensor> from,
                Map<String, OnnxTensor> to) {
            Map<String, OnnxTensor> inputs = new LinkedHashMap<>(from);
            inputs.put(OnnxWriter.FEATURES, features);
            Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
            outputs.put(OnnxWriter.SCALED, output);
            to.forEach((name, tensor) -> outputs.put(name + ".next", tensor));
            return new Binding(inputs, outputs);
        }

        private static FloatBuffer buffer(int length) {
            return ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
        }

        private OnnxTensor tensor(FloatBuffer buffer, long... shape) throws OrtException {
            OnnxTensor tensor = OnnxTensor.createTensor(environment, buffer, shape);
            tensors.add(tensor);
            return tensor;
        }

        @Override
        public String version() {
            return environment.getVersion();
        }

        @Override
        public void reset() {
            for (FloatBuffer state : states) {
                for (int i = 0; i < state.capacity(); i++) {
                    state.put(i, 0);
                }
            }
        }

        @Override
        public void call(float[] values, float[] outputs) {
            features.put(0, values, 0, features.capacity());
            try (OrtSession.Result _ = session.run(next.inputs, next.outputs)) {
                output.get(0, outputs, 0, output.capacity());
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
            Binding done = next;
            next = afterNext;
            afterNext = done;
        }

        @Override
        public void close() {
            tensors.forEach(OnnxTensor::close);
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
