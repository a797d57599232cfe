package dev.adze.compress.export;

import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.Safetensors;

/** Opens a file in the engine of its format. */
final class Engines {
    private Engines() {}

    /** @param form only for formats that do not tell it themselves */
    static ExportEngine open(ExportTarget target, byte[] file, Manifest manifest, ExportForm form) {
        return switch (target) {
            case ONNX -> OnnxEngine.open(file);
            case TFLITE -> TfliteEngine.open(file);
            case SAFETENSORS -> new TorchEngine(manifest.network(), Safetensors.read(file).tensors(), form);
        };
    }
}
