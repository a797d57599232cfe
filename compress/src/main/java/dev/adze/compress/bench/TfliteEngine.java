package dev.adze.compress.bench;

import dev.adze.compress.export.ExportForm;
import dev.adze.compress.export.ExportModel;
import dev.adze.compress.export.TflitePrecision;
import dev.adze.compress.export.TfliteWriter;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Precision;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.tensorflowlite.TfLiteInterpreter;
import org.bytedeco.tensorflowlite.TfLiteInterpreterOptions;
import org.bytedeco.tensorflowlite.TfLiteModel;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/**
 * TensorFlow Lite through its C interface, on the file that {@code adze export --to tflite} gives: one fused operator a
 * layer, in fp32, or hybrid (int8 weights with a scale a gate matrix, activations quantized at run time).
 */
record TfliteEngine(Precision precision) implements Engine {
    private static final int OK = 0;

    @Override
    public String name() {
        return switch (precision) {
            case FP32 -> "TensorFlow Lite";
            case INT8 -> "TensorFlow Lite hybrid";
            case FP16, INT4, MIXED -> throw new IllegalArgumentException("TensorFlow Lite has no LSTM in " + precision);
        };
    }

    @Override
    public String id() {
        return "tflite";
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
        ExportForm form = switch (mode) {
            case STEP -> ExportForm.STEP;
            case WINDOW -> ExportForm.WINDOW;
        };
        byte[] file = TfliteWriter.write(ExportModel.of(workload.weights()), form, switch (precision) {
            case FP32 -> TflitePrecision.FP32;
            case INT8 -> TflitePrecision.INT8_HYBRID;
            case FP16, INT4, MIXED -> throw new IllegalArgumentException("TensorFlow Lite has no LSTM in " + precision);
        }, new float[0]);
        try {
            return new Loaded(file, mode, mode == Mode.STEP ? 1 : workload.windowSteps(), workload.network().inputSize(),
                    threads);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "TensorFlow Lite cannot be loaded here (" + e + ")", e);
        }
    }

    private static final class Loaded implements Contender {
        private final Mode mode;
        private final BytePointer bytes; // the model lies in it as long as it is open
        private final TfLiteModel model;
        private final TfLiteInterpreter interpreter;
        private final FloatPointer features;
        private final FloatPointer output;

        Loaded(byte[] file, Mode mode, int steps, int inputs, int threads) {
            this.mode = mode;
            bytes = new BytePointer(file);
            model = tensorflowlite.TfLiteModelCreate(bytes, file.length);
            TfLiteInterpreterOptions options = tensorflowlite.TfLiteInterpreterOptionsCreate();
            tensorflowlite.TfLiteInterpreterOptionsSetNumThreads(options, threads);
            interpreter = tensorflowlite.TfLiteInterpreterCreate(model, options);
            tensorflowlite.TfLiteInterpreterOptionsDelete(options);
            require(interpreter != null && !interpreter.isNull()
                    && tensorflowlite.TfLiteInterpreterResizeInputTensor(interpreter, 0, new int[] {1, steps, inputs}, 3) == OK
                    && tensorflowlite.TfLiteInterpreterAllocateTensors(interpreter) == OK, "does not take the model");
            features = data(tensorflowlite.TfLiteInterpreterGetInputTensor(interpreter, 0));
            output = data(tensorflowlite.TfLiteInterpreterGetOutputTensor(interpreter, 0));
        }

        private static FloatPointer data(TfLiteTensor tensor) {
            return new FloatPointer(tensorflowlite.TfLiteTensorData(tensor));
        }

        @Override
        public String version() {
            return tensorflowlite.TfLiteVersion().getString();
        }

        @Override
        public void reset() {
            require(tensorflowlite.TfLiteInterpreterResetVariableTensors(interpreter) == OK, "cannot reset its state");
        }

        @Override
        public void call(float[] values, float[] outputs) {
            if (mode == Mode.WINDOW) {
                reset();
            }
            features.put(values);
            require(tensorflowlite.TfLiteInterpreterInvoke(interpreter) == OK, "cannot run the model");
            output.get(outputs);
        }

        @Override
        public void close() {
            tensorflowlite.TfLiteInterpreterDelete(interpreter);
            tensorflowlite.TfLiteModelDelete(model);
            bytes.close();
        }

        private static void require(boolean condition, String what) {
            if (!condition) {
                throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "TensorFlow Lite " + what);
            }
        }
    }
}
