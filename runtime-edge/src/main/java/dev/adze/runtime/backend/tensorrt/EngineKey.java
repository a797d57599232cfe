package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.backend.ModelSource;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** All that an engine depends on: one of another key is of no use, or worse. */
record EngineKey(TensorRtVersion version, String gpu, int capability, String driver, String modelSha256, EngineForm form,
        int steps, EnginePrecision precision) {
    /** Raised when graphs are written otherwise. */
    private static final int WRITER = 1;

    /** One line. */
    String text() {
        return "TensorRT " + version + ", " + gpu + " sm_" + capability + ", driver " + driver + ", " + variant() + ", model "
                + modelSha256 + ", graph " + WRITER;
    }

    /** {@code cell-1-fp16}. */
    String variant() {
        return (form + "-" + steps + "-" + precision).toLowerCase(Locale.ROOT);
    }

    /** The same for another driver or TensorRT, so that an engine of theirs is replaced. */
    String fileName() {
        return hash(modelSha256 + gpu) + "-" + variant() + ".engine";
    }

    /** For the timing cache, which serves all models. */
    String timingFileName() {
        return "timing-" + version + "-sm_" + capability + "-" + hash(gpu + driver) + ".cache";
    }

    private static String hash(String text) {
        return ModelSource.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }
}
