package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.TfLiteInterpreter;
import org.bytedeco.tensorflowlite.TfLiteInterpreterOptions;
import org.bytedeco.tensorflowlite.TfLiteModel;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/** A .tflite file that {@link TfliteWriter} wrote, in TensorFlow Lite through its C interface, on one thread. */
final class TfliteEngine implements ExportEngine {
    private static final int OK = 0;

    private final BytePointer bytes; // the model lies in it as long as it is open
    private final TfLiteModel model;
    private final TfLiteInterpreter interpreter;
    private final ExportForm form;
    private final List<String> states = new ArrayList<>();
    private int steps;

    private TfliteEngine(byte[] file) {
        form = TfliteInspector.inspect(file).form();
        bytes = new BytePointer(file);
        model = tensorflowlite.TfLiteModelCreate(bytes, file.length);
        require(model != null && !model.isNull(), "it is no model");
        TfLiteInterpreterOptions options = tensorflowlite.TfLiteInterpreterOptionsCreate();
        tensorflowlite.TfLiteInterpreterOptionsSetNumThreads(options, 1);
        interpreter = tensorflowlite.TfLiteInterpreterCreate(model, options);
        tensorflowlite.TfLiteInterpreterOptionsDelete(options);
        require(interpreter != null && !interpreter.isNull(), "an operator is unknown to it");
        require(tensorflowlite.TfLiteInterpreterAllocateTensors(interpreter) == OK, "an operator does not take its tensors");
        for (int i = 0; i < tensorflowlite.TfLiteInterpreterGetInputTensorCount(interpreter); i++) {
            String name = tensorflowlite.TfLiteTensorName(input(i)).getString();
            if (!name.equals(TfliteWriter.FEATURES)) {
                states.add(name);
            }
        }
        steps = states.isEmpty() ? tensorflowlite.TfLiteTensorDim(input(0), 1) : 1;
    }

    /** @throws AdzeException BAD_BUNDLE if TensorFlow Lite refuses the file, UNAVAILABLE if it cannot be loaded */
    static TfliteEngine open(byte[] file) {
        try {
            Loader.load(tensorflowlite.class); // where JavaCPP itself is not loaded, its pointers throw something else
            return new TfliteEngine(file);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "TensorFlow Lite cannot be loaded here ("
                    + Engines.reason(e) + "): it needs Linux x86-64 with glibc 2.34 and a writable native cache"
                    + " (set -Dorg.bytedeco.javacpp.cachedir=FOLDER)", e);
        }
    }

    @Override
    public String name() {
        return "TensorFlow Lite " + tensorflowlite.TfLiteVersion().getString();
    }

    @Override
    public ExportForm form() {
        return form;
    }

    @Override
    public Result run(float[] features, int wantedSteps) {
        int inputSize = features.length / wantedSteps;
        switch (form) {
            case STEP -> resize(1, inputSize);
            case WINDOW -> resize(wantedSteps, inputSize);
        }
        require(tensorflowlite.TfLiteInterpreterResetVariableTensors(interpreter) == OK, "its state cannot be reset");
        if (form == ExportForm.WINDOW) {
            var outputs = call(features, 0, features.length, Map.of());
            return new Result(outputs.get(TfliteWriter.SCALED), outputs.getOrDefault(TfliteWriter.PHYSICAL, new float[0]));
        }
        var state = new LinkedHashMap<String, float[]>();
        for (int i = 1; i <= states.size(); i++) {
            state.put(states.get(i - 1), new float[(int) (tensorflowlite.TfLiteTensorByteSize(input(i)) / Float.BYTES)]);
        }
        float[] scaled = new float[0];
        float[] physical = new float[0];
        for (int t = 0; t < wantedSteps; t++) {
            var outputs = call(features, t * inputSize, inputSize, state);
            scaled = OnnxEngine.append(scaled, outputs.get(TfliteWriter.SCALED), t, wantedSteps);
            physical = OnnxEngine.append(physical, outputs.getOrDefault(TfliteWriter.PHYSICAL, new float[0]), t, wantedSteps);
            state.replaceAll((name, _) -> outputs.get(name + ".next"));
        }
        return new Result(scaled, physical);
    }

    private void resize(int wantedSteps, int inputSize) {
        if (wantedSteps != steps) {
            require(tensorflowlite.TfLiteInterpreterResizeInputTensor(interpreter, 0,
                    new int[] {1, wantedSteps, inputSize}, 3) == OK
                    && tensorflowlite.TfLiteInterpreterAllocateTensors(interpreter) == OK, "it does not take " + wantedSteps
                    + " steps");
            steps = wantedSteps;
        }
    }

    private Map<String, float[]> call(float[] features, int from, int length, Map<String, float[]> state) {
        set(0, features, from, length);
        for (int i = 1; i <= states.size(); i++) {
            float[] values = state.get(states.get(i - 1));
            set(i, values, 0, values.length);
        }
        require(tensorflowlite.TfLiteInterpreterInvoke(interpreter) == OK, "it cannot run");
        var outputs = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < tensorflowlite.TfLiteInterpreterGetOutputTensorCount(interpreter); i++) {
            TfLiteTensor tensor = tensorflowlite.TfLiteInterpreterGetOutputTensor(interpreter, i);
            float[] values = new float[(int) (tensorflowlite.TfLiteTensorByteSize(tensor) / Float.BYTES)];
            new FloatPointer(tensorflowlite.TfLiteTensorData(tensor)).get(values);
            outputs.put(tensorflowlite.TfLiteTensorName(tensor).getString(), values);
        }
        return outputs;
    }

    private void set(int input, float[] values, int from, int length) {
        TfLiteTensor tensor = input(input);
        if (tensorflowlite.TfLiteTensorByteSize(tensor) != (long) length * Float.BYTES) {
            throw new IllegalArgumentException("input " + input + " takes "
                    + tensorflowlite.TfLiteTensorByteSize(tensor) + " bytes, not " + length + " floats");
        }
        new FloatPointer(tensorflowlite.TfLiteTensorData(tensor)).put(values, from, length);
    }

    private TfLiteTensor input(int index) {
        return tensorflowlite.TfLiteInterpreterGetInputTensor(interpreter, index);
    }

    private static void require(boolean condition, String reason) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "TensorFlow Lite refuses the file: " + reason
                    + "; export it again");
        }
    }

    @Override
    public void close() {
        tensorflowlite.TfLiteInterpreterDelete(interpreter);
        tensorflowlite.TfLiteModelDelete(model);
        bytes.close();
    }
}
