package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.session.Session;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of random networks in ONNX Runtime against the scalar kernel. */
class OnnxWriterTest {
    private static final int STEPS = 23;

    @Test
    void fp32AgreesWithTheScalarKernelOnRandomNetworks() {
        for (long seed = 1; seed <= 40; seed++) {
            assertClose(seed, OnnxPrecision.FP32, 2e-6);
        }
    }

    @Test
    void dequantizedWeightsAgreeWithTheScalarKernelOnTheSameWeights() {
        for (long seed = 1; seed <= 20; seed++) {
            assertClose(seed, OnnxPrecision.INT8_WEIGHTS, 2e-6);
        }
    }

    @Test
    void quantizedActivationsStayNearTheInt8Kernel() {
        for (long seed = 1; seed <= 40; seed++) {
            // The first layer's two digits have a fixed scale in place of one a step; hidden values have the same.
            assertClose(seed, OnnxPrecision.INT8_QDQ, 5e-3);
        }
    }

    @Test
    void onnxRuntimeMakesIntegerKernelsOfEveryProductOfQuantizedActivations(@TempDir Path folder) throws Exception {
        var random = new Random(3);
        var model = ExportModel.of(RandomModels.weights(RecurrentNetwork.stackedLstm(5, 2, 16, 1), random));
        float[] features = RandomModels.features(model.network(), STEPS, random);
        for (ExportForm form : ExportForm.values()) {
            Path optimized = folder.resolve(form + ".onnx");
            try (var options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
                options.setOptimizedModelFilePath(optimized.toString());
                OrtEnvironment.getEnvironment().createSession(
                        OnnxWriter.write(model, form, OnnxPrecision.INT8_QDQ, features), options).close();
            }
            OnnxInspector content = OnnxInspector.inspect(Files.readAllBytes(optimized));
            // Two digits of features, the second layer's inputs, two hidden values; the head stays fp32.
            assertEquals(5, content.count("com.microsoft:MatMulIntegerToFloat"), content.operators().toString());
            assertEquals(1, content.count("MatMul") + content.count("Gemm"), content.operators().toString());
        }
    }

    @Test
    void dynamicInt8StaysNearTheInt8Kernel() {
        for (long seed = 1; seed <= 40; seed++) {
            // Activations are quantized differently there: a scale and zero point a step against our fixed 1/127.
            assertClose(seed, OnnxPrecision.INT8_DYNAMIC, 1.5e-2);
        }
    }

    @Test
    void batchAndTimeAreFreeAndTheStateGoesOnFromCallToCall() throws OrtException {
        var random = new Random(5);
        var model = ExportModel.of(RandomModels.weights(RecurrentNetwork.stackedLstm(3, 2, 11, 2), random));
        float[] first = RandomModels.features(model.network(), STEPS, random);
        float[] second = RandomModels.features(model.network(), STEPS, random);
        float[][] expected = {ours(NetworkTensors.of(model.weights()), first), ours(NetworkTensors.of(model.weights()), second)};
        var environment = OrtEnvironment.getEnvironment();
        try (var session = environment.createSession(OnnxWriter.write(model, ExportForm.STEP, OnnxPrecision.FP32))) {
            var state = new LinkedHashMap<String, float[]>();
            for (String name : List.of("h.0", "c.0", "h.1", "c.1")) {
                state.put(name, new float[2 * 11]);
            }
            int from = 0;
            for (int steps : new int[] {1, 7, 15}) {
                float[] features = new float[steps * 2 * 3];
                for (int t = 0; t < steps; t++) {
                    System.arraycopy(first, (from + t) * 3, features, t * 6, 3);
                    System.arraycopy(second, (from + t) * 3, features, t * 6 + 3, 3);
                }
                var inputs = new LinkedHashMap<String, OnnxTensor>();
                inputs.put("features", tensor(environment, features, steps, 2, 3));
                for (var entry : state.entrySet()) {
                    inputs.put(entry.getKey(), tensor(environment, entry.getValue(), 1, 2, 11));
                }
                try (var result = session.run(inputs)) {
                    float[] outputs = floats(result, "outputs.scaled");
                    for (int t = 0; t < steps; t++) {
                        for (int batch = 0; batch < 2; batch++) {
                            for (int k = 0; k < 2; k++) {
                                assertEquals(expected[batch][(from + t) * 2 + k], outputs[(t * 2 + batch) * 2 + k], 2e-6);
                            }
                        }
                    }
                    state.replaceAll((name, _) -> floats(result, name + ".next"));
                }
                from += steps;
            }
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, float[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }

    private static float[] floats(OrtSession.Result result, String name) {
        FloatBuffer buffer = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static void assertClose(long seed, OnnxPrecision precision, double tolerance) {
        var random = new Random(seed);
        var model = ExportModel.of(RandomModels.weights(RandomModels.network(random), random));
        float[] features = RandomModels.features(model.network(), STEPS, random);
        float[] expected = ours(switch (precision) {
            case FP32 -> NetworkTensors.of(model.weights());
            case INT8_WEIGHTS -> NetworkTensors.of(model.int8().toWeights());
            case INT8_DYNAMIC, INT8_QDQ -> model.int8();
        }, features);
        double worst = 0;
        for (ExportForm form : ExportForm.values()) {
            try (var engine = OnnxEngine.open(OnnxWriter.write(model, form, precision, features))) {
                assertEquals(form, engine.form());
                float[] actual = engine.run(features, STEPS).scaled();
                float[] wanted = form == ExportForm.STEP ? expected
                        : Arrays.copyOfRange(expected, expected.length - model.network().outputSize(), expected.length);
                assertEquals(wanted.length, actual.length);
                for (int i = 0; i < wanted.length; i++) {
                    worst = Math.max(worst, Math.abs(actual[i] - wanted[i]));
                }
            }
        }
        assertTrue(worst <= tolerance, "seed " + seed + ": " + model.network() + " is off by " + worst);
    }

    /** {@code [steps, outputs]} of the scalar kernel. */
    static float[] ours(NetworkTensors tensors, float[] features) {
        try (var compiled = CompiledNetwork.compile(tensors, KernelChoice.scalar()); var session = new Session(compiled)) {
            int inputs = tensors.network().inputSize();
            int outputs = tensors.network().outputSize();
            int steps = features.length / inputs;
            float[] all = new float[steps * outputs];
            float[] output = new float[outputs];
            for (int t = 0; t < steps; t++) {
                session.infer(Arrays.copyOfRange(features, t * inputs, (t + 1) * inputs), output);
                System.arraycopy(output, 0, all, t * outputs, outputs);
            }
            return all;
        }
    }
}
