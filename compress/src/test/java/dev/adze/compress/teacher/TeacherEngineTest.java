package dev.adze.compress.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.export.ExportForm;
import dev.adze.compress.export.ExportModel;
import dev.adze.compress.export.FlatOnnx;
import dev.adze.compress.export.OnnxPrecision;
import dev.adze.compress.export.OnnxWriter;
import dev.adze.compress.export.RandomModels;
import dev.adze.compress.recipe.GivenTeacher.Layout;
import dev.adze.compress.recipe.GivenTeacher;
import dev.adze.compress.train.Torch;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherEngineTest {
    private static final TeacherShape SHAPE = new TeacherShape(6, 3, 2);

    @TempDir
    Path folder;

    private final Random random = new Random(11);

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static GivenTeacher given(Layout layout) {
        return new GivenTeacher("m", GivenTeacher.Reads.AUTO, GivenTeacher.Gives.AUTO, layout, "", "relu", "");
    }

    private float[] windows(int count) {
        float[] windows = new float[count * SHAPE.steps() * SHAPE.features()];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = (float) random.nextGaussian();
        }
        return windows;
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static void assertRefused(AdzeException.Kind kind, org.junit.jupiter.api.function.Executable action, String... words) {
        var error = assertThrows(AdzeException.class, action);
        assertEquals(kind, error.kind(), error.getMessage());
        assertTrue(error.getMessage().lines().count() == 1, error.getMessage());
        for (String word : words) {
            assertTrue(error.getMessage().contains(word), "no '" + word + "' in: " + error.getMessage());
        }
    }

    @Test
    void aTimeMajorOnnxFileOfOursAnswersAsItsNetworkDoes() throws IOException {
        Weights weights = RandomModels.weights(RecurrentNetwork.stackedLstm(3, 2, 7, 2), random);
        Path file = write("own.onnx", OnnxWriter.write(ExportModel.of(weights), ExportForm.WINDOW, OnnxPrecision.FP32));
        float[] windows = windows(5);
        try (var onnx = OnnxTeacher.open(file, SHAPE, given(Layout.STEPS_BATCH_FEATURES)); var own = new NetworkEngine(weights)) {
            var answer = onnx.answer(windows, 5);
            assertEquals(1, answer.steps());
            var every = own.answer(windows, 5);
            assertEquals(6, every.steps());
            float[] last = new float[10];
            for (int w = 0; w < 5; w++) {
                System.arraycopy(every.values(), (w * 6 + 5) * 2, last, w * 2, 2);
            }
            assertArrayEquals(last, answer.values(), 1e-5f);
            assertTrue(onnx.parameters() >= weights.network().parameterCount(), onnx.parameters().toString());
            assertTrue(onnx.architecture().contains("LSTM"), onnx.architecture());
        }
    }

    @Test
    void aTransformerOverAConvolutionAndAnLstmIsATeacher() throws IOException {
        Weights weights = RandomModels.weights(new RecurrentNetwork(3, List.of(new Convolution(3, 5, 3, 1, Dense.Activation.RELU),
                new Lstm(5, 8), new TransformerLayer(8, 2, 12), new Dense(8, 2, Dense.Activation.IDENTITY))), random);
        Path file = write("transformer.onnx", OnnxWriter.write(ExportModel.of(weights), ExportForm.WINDOW, OnnxPrecision.FP32));
        float[] windows = windows(5);
        try (var onnx = OnnxTeacher.open(file, SHAPE, given(Layout.STEPS_BATCH_FEATURES)); var own = new NetworkEngine(weights)) {
            float[] every = own.answer(windows, 5).values();
            float[] answer = onnx.answer(windows, 5).values();
            for (int i = 0; i < 10; i++) {
                assertEquals(every[(i / 2 * 6 + 5) * 2 + i % 2], answer[i], 1e-5f);
            }
            assertTrue(onnx.architecture().contains("LSTM"), onnx.architecture());
        }
    }

    @Test
    void aTreeEnsembleIsATeacher() throws IOException {
        Path file = write("trees.onnx", FlatOnnx.trees(18, 16, 0, 0.25f));
        float[] windows = windows(40);
        try (var onnx = OnnxTeacher.open(file, SHAPE, given(Layout.AUTO))) {
            float[] answer = onnx.answer(windows, 40).values();
            for (int w = 0; w < 40; w++) {
                boolean first = windows[w * 18 + 16] <= 0.25f;
                boolean second = windows[w * 18] <= 0.25f;
                assertEquals((first ? 1 : -1) + (second ? 10 : 0), answer[2 * w], 1e-6);
                assertEquals((first ? 2 : 0.5f) + (second ? 0 : 20), answer[2 * w + 1], 1e-6);
            }
            assertTrue(onnx.architecture().contains("TreeEnsembleRegressor"), onnx.architecture());
        }
    }

    @Test
    void flatWindowsAndFixedBatchesAreServed() throws IOException {
        float[] matrix = new float[18 * 2];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        float[] windows = windows(5);
        float[] wanted = new float[10];
        for (int w = 0; w < 5; w++) {
            for (int k = 0; k < 36; k++) {
                wanted[w * 2 + k % 2] += windows[w * 18 + k / 2] * matrix[k];
            }
        }
        for (Object batch : new Object[] {"batch", 1, 2}) {
            Path file = write("flat" + batch + ".onnx", FlatOnnx.linear(matrix, batch, 18, 2, "MatMul"));
            try (var onnx = OnnxTeacher.open(file, SHAPE, given(Layout.AUTO))) {
                assertArrayEquals(wanted, onnx.answer(windows, 5).values(), 1e-4f, "batch " + batch);
                assertEquals(36L, onnx.parameters());
            }
        }
    }

    @Test
    void anOnnxFileThatCannotServeIsRefusedWithTheReason() throws IOException {
        Path flat = write("flat.onnx", FlatOnnx.linear(new float[40], "batch", 20, 2, "MatMul"));
        assertRefused(AdzeException.Kind.USAGE, () -> OnnxTeacher.open(flat, SHAPE, given(Layout.AUTO)), "[?, 20]",
                "windows of 6 steps with 3 features", "task.windowSteps");
        Path other = write("other.onnx", FlatOnnx.linear(new float[36], "batch", 18, 2, "MatMull"));
        assertRefused(AdzeException.Kind.BAD_BUNDLE, () -> OnnxTeacher.open(other, SHAPE, given(Layout.AUTO)), "MatMull", "ONNX Runtime");
        assertRefused(AdzeException.Kind.BAD_BUNDLE,
                () -> OnnxTeacher.open(write("text.onnx", "hello".getBytes(StandardCharsets.UTF_8)), SHAPE, given(Layout.AUTO)), "no ONNX file");
        assertRefused(AdzeException.Kind.NOT_FOUND, () -> OnnxTeacher.open(folder.resolve("none.onnx"), SHAPE, given(Layout.AUTO)), "none.onnx");
        Weights weights = RandomModels.weights(RecurrentNetwork.stackedLstm(3, 1, 4, 2), random);
        Path stream = write("stream.onnx", OnnxWriter.write(ExportModel.of(weights), ExportForm.STEP, OnnxPrecision.FP32));
        assertRefused(AdzeException.Kind.USAGE, () -> OnnxTeacher.open(stream, SHAPE, given(Layout.AUTO)), "h.0", "takes one");
        Path three = write("three.onnx", FlatOnnx.linear(new float[54], "batch", 18, 3, "MatMul"));
        try (var onnx = OnnxTeacher.open(three, SHAPE, given(Layout.AUTO))) {
            assertRefused(AdzeException.Kind.USAGE, () -> onnx.answer(windows(4), 4), "[4, 3]", "2 outputs", "task.targets");
        }
    }

    @Test
    void torchScriptRunsInLibTorch() {
        var module = new JitModule(new org.bytedeco.pytorch.QualifiedName("m"));
        module.register_parameter("w", torch.from_blob(new FloatPointer(1, 0, 0, 1, 1, 1), 3, 2).clone(), false);
        module.define("def forward(self, x):\n    return torch.matmul(x, self.w)\n");
        Path file = folder.resolve("m.pt");
        module.save(file.toString());
        float[] windows = windows(4);
        try (var teacher = TorchScriptTeacher.open(file, SHAPE, given(Layout.AUTO))) {
            var answer = teacher.answer(windows, 4);
            assertEquals(6, answer.steps());
            assertEquals(6L, teacher.parameters());
            for (int row = 0; row < 24; row++) {
                assertEquals(windows[row * 3] + windows[row * 3 + 2], answer.values()[row * 2], 1e-6);
                assertEquals(windows[row * 3 + 1] + windows[row * 3 + 2], answer.values()[row * 2 + 1], 1e-6);
            }
        }
        assertRefused(AdzeException.Kind.USAGE, () -> TorchScriptTeacher.open(file, new TeacherShape(6, 4, 2), given(Layout.AUTO)),
                "[2, 6, 4]", "task.inputs");
        assertRefused(AdzeException.Kind.BAD_BUNDLE,
                () -> TorchScriptTeacher.open(write("no.pt", new byte[64]), SHAPE, given(Layout.AUTO)), "torch.jit.save");
    }

    @Test
    void layoutsAreFoundByShape() {
        long[][] dims = {{-1, 6, 3}, {6, -1, 3}, {-1, 3, 6}, {4, 18}};
        Layout[] layouts = {Layout.BATCH_STEPS_FEATURES, Layout.STEPS_BATCH_FEATURES, Layout.BATCH_FEATURES_STEPS, Layout.BATCH_FLAT};
        for (int i = 0; i < dims.length; i++) {
            assertEquals(layouts[i], SHAPE.layout(Layout.AUTO, dims[i], "m"));
        }
        float[] windows = windows(2);
        assertEquals(windows[18 + 2 * 3 + 1], SHAPE.pack(Layout.STEPS_BATCH_FEATURES, windows, 0, 2)[(2 * 2 + 1) * 3 + 1]);
        assertEquals(windows[18 + 2 * 3 + 1], SHAPE.pack(Layout.BATCH_FEATURES_STEPS, windows, 1, 1)[6 + 2]);
    }
}
