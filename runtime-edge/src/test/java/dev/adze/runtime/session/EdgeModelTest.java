package dev.adze.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.SmallBundles;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Precision;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeModelTest {
    @TempDir
    Path folder;

    @Test
    void aBundleOpensOnEveryKernelAndGivesTheSameBits() {
        for (Precision precision : List.of(Precision.FP32, Precision.INT8)) {
            for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
                Path file = folder.resolve("model.adze");
                SmallBundles.make(precision, mode, 21).write(file);
                try (EdgeModel fast = EdgeModel.open(file); EdgeModel slow = EdgeModel.open(file, KernelChoice.scalar());
                        ModelSession a = fast.newModelSession(); ModelSession b = slow.newModelSession()) {
                    assertEquals("scalar", slow.network().kernel().name());
                    float[] fastOutputs = new float[2];
                    float[] slowOutputs = new float[2];
                    for (int t = 0; t < 20; t++) {
                        float[] raw = {50 + 30 * (float) Math.sin(t), t % 4 == 1 ? Float.NaN : 40 + t};
                        a.preprocess(raw);
                        b.preprocess(raw);
                        a.infer(fastOutputs);
                        b.infer(slowOutputs);
                        assertArrayEquals(slowOutputs, fastOutputs);
                    }
                }
            }
        }
    }

    @Test
    void aWrongGoldenVectorIsAMismatch() {
        Bundle good = SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, 5);
        GoldenCase golden = good.goldenCases().get(1);
        float[] outputs = golden.outputs().clone();
        outputs[3] += 0.01f;
        Path file = folder.resolve("wrong.adze");
        new Bundle(good.manifest(), good.weights(), List.of(good.goldenCases().get(0),
                new GoldenCase(golden.steps(), golden.inputs(), outputs))).write(file);
        AdzeException e = assertThrows(AdzeException.class, () -> EdgeModel.open(file));
        assertEquals(AdzeException.Kind.MISMATCH, e.kind());
        assertTrue(e.getMessage().startsWith("wrong.adze: golden vector 1, output 3 should be "), e.getMessage());
    }

    @Test
    void closingTheModelEndsItsSessions() {
        Path file = folder.resolve("model.adze");
        SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 5).write(file);
        EdgeModel model = EdgeModel.open(file);
        ModelSession session = model.newModelSession();
        model.close();
        assertThrows(IllegalStateException.class, () -> session.preprocess(new float[2]));
        assertThrows(IllegalStateException.class, model::newSession);
    }
}
