package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.export.RandomModels;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code adze export --to} and {@code adze verify --with} as a user types them. */
class ExportCommandTest extends CapturedOutput {
    @TempDir
    Path folder;

    private String bundle;

    @BeforeEach
    void writeBundle() {
        var random = new Random(2);
        bundle = folder.resolve("model.adze").toString();
        RandomModels.bundle(NetworkTensors.of(RandomModels.weights(RecurrentNetwork.stackedLstm(3, 1, 8, 1), random)),
                TaskSpec.Mode.STREAM, 10, random).write(Path.of(bundle));
    }

    private int adze(String... args) {
        outText.reset();
        errText.reset();
        return Main.run(args);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private String printed() {
        return outText.toString(StandardCharsets.UTF_8);
    }

    private void assertRefused(int expectedCode, int code, String... words) {
        String error = errText.toString(StandardCharsets.UTF_8);
        assertEquals(expectedCode, code, error);
        assertEquals(1, error.strip().lines().count(), error);
        for (String word : words) {
            assertTrue(error.contains(word), "no '" + word + "' in: " + error);
        }
    }

    @Test
    void exportsAreWrittenWithTheirReportAndVerifiedAgain() {
        String[][] targets = {{"onnx", "onnx"}, {"tflite", "tflite"}, {"safetensors", "torch"}};
        for (String[] target : targets) {
            String file = path("model." + target[0]);
            assertEquals(0, adze("export", bundle, "--to", target[0], "--out", file), errText::toString);
            assertTrue(printed().contains("agrees on 1 golden vectors"), printed());
            assertTrue(Files.exists(Path.of(file + ".parity.json")));
            assertEquals(0, adze("verify", bundle, "--with", target[1], file), errText::toString);
            assertTrue(printed().contains(file + ": ok, "), printed());
        }
    }

    @Test
    void onnxHasAFormOfQuantizedActivationsAndOneOfWeightsAlone() {
        for (String precision : List.of("int8-qdq", "int8-weights")) {
            for (String form : List.of("step", "window")) {
                String file = path(precision + form + ".onnx");
                assertEquals(0, adze("export", bundle, "--to", "onnx", "--precision", precision, "--form", form, "--out", file),
                        errText::toString);
                assertTrue(printed().contains("ONNX, " + form + ", " + precision), printed());
                assertEquals(0, adze("verify", bundle, "--with", "onnx", file), errText::toString);
            }
        }
        assertEquals(0, adze("export", bundle, "--to", "onnx", "--precision", "int8-qdq", "--preprocess", "--out",
                path("raw.onnx")), errText::toString);
    }

    @Test
    void aBundleIsVerifiedOnABackendOfThisMachine() {
        assertEquals(0, adze("verify", "--with", "scalar", bundle), errText::toString); // no file is taken for it
        assertTrue(printed().contains("scalar") && printed().contains("agrees on 1 golden vectors"), printed());
        for (String backend : List.of("tensorrt", "cuda")) {
            int code = adze("verify", bundle, "--with", backend);
            if (code == 0) { // a machine with a GPU and the library
                assertTrue(printed().contains("agrees on 1 golden vectors"), printed());
            } else {
                assertRefused(8, code, "model.adze: " + backend + " cannot run the bundle here: ", "adze backends");
            }
        }
        assertRefused(2, adze("verify", bundle, "--with", "onnx"), "needs the exported file");
    }

    @Test
    void precisionFormAndStateAreOptions() {
        assertEquals(0, adze("export", bundle, "--to", "tflite", "--precision", "int8-full", "--form", "window", "--out",
                path("w.tflite")), errText::toString);
        assertTrue(printed().contains("TensorFlow Lite, window, int8-full"), printed());
        assertEquals(0, adze("export", bundle, "--to", "tflite", "--state", "explicit", "--out", path("s.tflite")),
                errText::toString);
        assertTrue(printed().contains("explicit state"), printed());
    }

    @Test
    void backendsShowsEveryEngineAndTheOneThatWouldServe() {
        String file = path("model.tflite");
        assertEquals(0, adze("backends", bundle, "--by", "p50"), errText::toString);
        assertTrue(printed().contains("tflite: not here, there is no model.tflite"), printed());
        assertEquals(0, adze("export", bundle, "--to", "tflite", "--out", file), errText::toString);
        assertEquals(0, adze("backends", bundle, "--by", "p50", "--cache", path("cache")), errText::toString);
        assertTrue(printed().contains("tflite: p50 ") && printed().contains("scalar: p50 "), printed());
        assertTrue(printed().contains("chosen") && printed().contains("fastest by p50"), printed());
        assertEquals(0, adze("backends", bundle, "--by", "p50", "--cache", path("cache")), errText::toString);
        assertTrue(printed().contains("(remembered)"), printed());
        assertRefused(2, adze("backends", bundle, "--by", "p42"), "p42", "p99.9");
    }

    @Test
    void infoShowsTheGraphBeforeAndAfterFusionAndDrawsIt() throws java.io.IOException {
        String picture = path("graph.svg");
        assertEquals(0, adze("info", bundle, "--graph", "--picture", picture), errText::toString);
        assertTrue(printed().contains("sigmoid(f.a)") && printed().contains("y, state' = lstm(x, state)"), printed());
        assertTrue(printed().contains("whole step: 27 operators"), printed());
        assertTrue(Files.readString(Path.of(picture)).startsWith("<svg "));
        assertEquals(0, adze("info", "student-mini", "--graph"), errText::toString);
        assertRefused(2, adze("info", bundle, "--picture", picture), "--graph");
    }

    @Test
    void exportedFilesAreRefusedWhereABundleIsWanted() {
        String tflite = path("model.tflite");
        adze("export", bundle, "--to", "tflite", "--out", tflite);
        String renamed = path("renamed.adze");
        assertTrue(Path.of(tflite).toFile().renameTo(Path.of(renamed).toFile()));
        assertRefused(2, adze("verify", renamed), "is a TensorFlow Lite file", "a bundle (.adze) is wanted");
        assertRefused(2, adze("export", renamed, "--to", "onnx", "--out", path("x")), "is a TensorFlow Lite file");
        assertRefused(2, adze("info", renamed), "is a TensorFlow Lite file");
        assertRefused(2, adze("verify", path("model.onnx")), "is an ONNX file");
        assertRefused(2, adze("quantize", path("model.onnx"), "--out", path("x")), "is an ONNX file");
    }

    @Test
    void wrongCommandLinesAreRefused() {
        assertRefused(2, adze("export", bundle), "--to onnx, tflite or safetensors");
        assertRefused(2, adze("export", bundle, "--to", "onnx"), "--out FILE");
        assertRefused(2, adze("export", bundle, "--to", "onnx", "--precision", "fp17", "--out", path("x")), "fp17", "int8-qdq");
        assertRefused(2, adze("verify", bundle, "--with", "caffe", path("x")), "caffe", "tflite");
        assertRefused(2, adze("verify", bundle, bundle, "--with", "onnx", path("x")), "one bundle");
        assertRefused(3, adze("export", path("none.adze"), "--to", "onnx", "--out", path("x")), "none.adze");
        assertRefused(3, adze("export", bundle, "--to", "onnx", "--recipe", "nowhere", "--out", path("x")), "nowhere");
        assertRefused(6, adze("export", bundle, "--to", "onnx", "--out", path("no/folder/x.onnx")), "cannot be written");
        assertFalse(Files.exists(folder.resolve("x")));
    }
}
