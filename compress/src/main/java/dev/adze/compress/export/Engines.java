package dev.adze.compress.export;

import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.Safetensors;
import java.nio.charset.StandardCharsets;

/** Opens a file in the engine of its format. */
final class Engines {
    private Engines() {}

    /** @param form only for formats that do not tell it themselves */
    static ExportEngine open(ExportTarget target, byte[] file, Manifest manifest, ExportForm form) {
        return switch (target) {
            case ONNX -> OnnxEngine.open(file);
            case TFLITE -> isMicro(file) ? new MicroReference(file) : TfliteEngine.open(file);
            case SAFETENSORS -> new TorchEngine(manifest.network(), Safetensors.read(file).tensors(), form);
        };
    }

    /** What was missing at the bottom of a failure to load native code, in one line. */
    static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage()).lines().findFirst().orElse(deepest.toString());
    }

    /** Files that TensorFlow Lite's own kernels cannot run. */
    private static boolean isMicro(byte[] file) {
        TfliteInspector.inspect(file);
        byte[] precision = TfliteInspector.metadata(file, TfliteWriter.PRECISION_KEY);
        return precision != null && new String(precision, StandardCharsets.UTF_8).equals("int16x8");
    }
}
