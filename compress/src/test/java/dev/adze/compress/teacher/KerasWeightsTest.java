package dev.adze.compress.teacher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.train.Torch;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Safetensors;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that Keras wrote (src/test/scripts/make_keras_fixtures.py), and what Keras gave for their inputs. */
class KerasWeightsTest {
    private static final double CLOSE = 1e-5;
    private static final int CASES = Integer.getInteger("adze.test.cases", 100);

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        Torch.start(1);
    }

    private Path fixture(String name) {
        Path path = folder.resolve(name);
        try (var in = KerasWeightsTest.class.getResourceAsStream(name)) {
            Files.write(path, in.readAllBytes());
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireKerasOutputs(String name, Weights weights) {
        try (Arena arena = Arena.ofConfined(); var engine = new NetworkEngine(weights)) {
            var tensors = Safetensors.read(fixture(name + ".safetensors"), arena).tensors();
            List<Integer> shape = tensors.get("outputs").shape();
            float[] wanted = tensors.get("outputs").toFloats();
            var answer = engine.answer(tensors.get("inputs").toFloats(), shape.get(0));
            int outputs = shape.get(1);
            for (int i = 0; i < wanted.length; i++) {
                int at = ((i / outputs + 1) * answer.steps() - 1) * outputs + i % outputs;
                assertEquals(wanted[i], answer.values()[at], CLOSE, name + " output " + i);
            }
        }
    }

    @Test
    void aFileOfWeightsGivesWhatKerasGives() {
        Weights weights = KerasWeights.read(fixture("stacked.weights.h5"), Dense.Activation.RELU);
        assertEquals(List.of(new Lstm(3, 6), new Lstm(6, 5), new Dense(5, 4, Dense.Activation.RELU),
                new Dense(4, 2, Dense.Activation.IDENTITY)), weights.network().layers());
        requireKerasOutputs("stacked.weights.h5", weights);
        Weights wrong = KerasWeights.read(fixture("stacked.weights.h5"), Dense.Activation.TANH);
        assertThrows(AssertionError.class, () -> requireKerasOutputs("stacked.weights.h5", wrong));
    }

    @Test
    void aWholeModelTellsItsOrderAndActivations() {
        Weights weights = KerasWeights.read(fixture("mixed.keras"), null);
        assertEquals(List.of(new Bidirectional(new Lstm(3, 4), new Lstm(3, 4)), new Gru(8, 5),
                new Dense(5, 3, Dense.Activation.TANH), new Dense(3, 2, Dense.Activation.IDENTITY)), weights.network().layers());
        requireKerasOutputs("mixed.keras", weights);
    }

    @Test
    void aFunctionalModelWithPoolingAndNoBiasesGivesWhatKerasGives() {
        Weights weights = KerasWeights.read(fixture("functional.keras"), null);
        assertEquals(new MeanPooling(6), weights.network().layers().get(1));
        requireKerasOutputs("functional.keras", weights);
    }

    @Test
    void whatTheNetworkCannotRepeatIsRefusedByName() throws IOException {
        assertRefused(fixture("first-step.keras"), "return_sequences=False");
        assertRefused(changed(json -> json.replace("\"recurrent_activation\": \"sigmoid\"", "\"recurrent_activation\": \"hard_sigmoid\"")),
                "recurrent_activation other than sigmoid");
        assertRefused(changed(json -> json.replace("\"reset_after\": true", "\"reset_after\": false")), "gru has reset_after=False");
        assertRefused(changed(json -> json.replace("\"class_name\": \"Dropout\"", "\"class_name\": \"LayerNormalization\"")),
                "dropout (layer_normalization) is no LSTM");
        assertRefused(changed(json -> json.replace("\"activation\": \"linear\"", "\"activation\": \"softmax\"")), "logits");
        assertRefused(changed(json -> json.replace("\"class_name\": \"Sequential\"", "\"class_name\": \"Mine\"")), "Mine");
        assertRefused(changed(json -> "{"), "Keras model that can be read");
    }

    @Test
    void brokenFilesAreRefusedInOneLine() throws IOException {
        var missing = assertThrows(AdzeException.class, () -> KerasWeights.read(folder.resolve("none.keras"), null));
        assertEquals(AdzeException.Kind.NOT_FOUND, missing.kind());
        assertRefused(Files.write(folder.resolve("a.keras"), new byte[100]));
        byte[] whole = Files.readAllBytes(fixture("stacked.weights.h5"));
        long seed = Long.getLong("adze.test.seed", 5);
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] broken = i % 2 == 0 ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int k = 0; i % 2 == 1 && k < 20; k++) {
                broken[random.nextInt(3000)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("broken.weights.h5"), broken);
            try {
                KerasWeights.read(file, null); // what was hit may be of no meaning
            } catch (AdzeException e) {
                refused++;
                assertEquals(1, e.getMessage().lines().count(), "seed " + seed + ": " + e.getMessage());
            }
        }
        assertTrue(refused >= CASES / 2, "seed " + seed + ": only " + refused + " of " + CASES + " broken files were refused");
    }

    private void assertRefused(Path file, String... words) {
        var error = assertThrows(AdzeException.class, () -> KerasWeights.read(file, null));
        assertEquals(AdzeException.Kind.BAD_BUNDLE, error.kind());
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        for (String word : words) {
            assertTrue(error.getMessage().contains(word), error.getMessage());
        }
    }

    /** mixed.keras with other settings. */
    private Path changed(UnaryOperator<String> change) throws IOException {
        Path file = folder.resolve("changed.keras");
        try (var zip = new ZipFile(fixture("mixed.keras").toFile()); var out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var entry : java.util.Collections.list(zip.entries())) {
                byte[] content = zip.getInputStream(entry).readAllBytes();
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(entry.getName().equals("config.json")
                        ? change.apply(new String(content, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8) : content);
            }
        }
        return file;
    }
}
