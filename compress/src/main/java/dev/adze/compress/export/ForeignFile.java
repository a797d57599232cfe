package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Recognises files of other formats where a bundle is wanted. */
public final class ForeignFile {
    private ForeignFile() {}

    /** @throws AdzeException USAGE for a .onnx, .tflite, .safetensors or PyTorch file; anything else passes */
    public static void requireBundle(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
        String format = name.endsWith(".onnx") ? "an ONNX file"
                : name.endsWith(".tflite") || name.endsWith(".lite") || isTflite(file) ? "a TensorFlow Lite file"
                : name.endsWith(".safetensors") ? "a safetensors file"
                : name.endsWith(".pt") || name.endsWith(".pth") ? "a PyTorch file" : null;
        if (format != null) {
            throw new AdzeException(AdzeException.Kind.USAGE, file + " is " + format + "; a bundle (.adze) is wanted here,"
                    + " the file it was exported from (to check an export: adze verify BUNDLE --with ENGINE FILE)");
        }
    }

    private static boolean isTflite(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(8);
            return head.length == 8 && new String(head, 4, 4, StandardCharsets.ISO_8859_1).equals("TFL3");
        } catch (IOException e) {
            return false; // whoever reads the file next says why it cannot be read
        }
    }
}
