package dev.adze.compress.cli;

import ai.onnxruntime.OrtEnvironment;
import dev.adze.compress.report.Units;
import dev.adze.compress.train.Torch;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.doctor.Checkup;
import dev.adze.runtime.doctor.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/** Loads the libraries that training, exports and the benchmark need, and says what came of it. */
final class EngineCheck {
    /** LibTorch and TensorFlow Lite unpacked. */
    private static final long CACHE_BYTES = 500_000_000;
    private static final long WORK_BYTES = 1_000_000_000;

    private EngineCheck() {}

    static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(cache());
        findings.add(Checkup.disk("work folder", Path.of("").toAbsolutePath(), WORK_BYTES));
        findings.add(loaded("LibTorch", "no training", () -> {
            Torch.start(1);
            return torch.class.getPackage().getImplementationVersion();
        }));
        findings.add(loaded("ONNX Runtime", "no check of ONNX exports, no peer in adze bench",
                () -> OrtEnvironment.getEnvironment().getVersion()));
        findings.add(loaded("TensorFlow Lite", "no check of TensorFlow Lite exports, no peer in adze bench",
                () -> tensorflowlite.TfLiteVersion().getString()));
        return findings;
    }

    /** @param version loads the library and asks it for its version; null where it does not say */
    static Finding loaded(String name, String without, Supplier<String> version) {
        long start = System.nanoTime();
        try {
            String text = version.get();
            return Finding.ok(name, (text == null ? "" : text + ", ") + "loaded in "
                    + Units.seconds((System.nanoTime() - start) / 1e9));
        } catch (AdzeException e) {
            return Finding.problem(name, e.getMessage() + "; without it " + without);
        } catch (RuntimeException | LinkageError e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return Finding.problem(name, "cannot be loaded (" + root.toString().replaceAll("\\s+", " ") + "); without it " + without);
        }
    }

    private static Finding cache() {
        try {
            return Checkup.disk("native cache", Loader.getCacheDir().toPath(), CACHE_BYTES);
        } catch (IOException e) {
            return Finding.problem("native cache", e.getMessage() + "; name a writable folder by"
                    + " -Dorg.bytedeco.javacpp.cachedir=FOLDER in ADZE_JAVA_OPTS");
        }
    }
}
