package dev.adze.runtime.backend.tflite;

import java.util.Optional;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/** Loads the native library, once. */
final class TfliteLibrary {
    private static final String OBSTACLE = load();

    private TfliteLibrary() {}

    private static String load() {
        try {
            tensorflowlite.TfLiteVersion();
            return null;
        } catch (LinkageError e) {
            Throwable root = e;
            while (root.getCause() != null) { // JavaCPP names the library that it tried last, not the one that is missing
                root = root.getCause();
            }
            return "TensorFlow Lite does not load (" + root.getMessage() + "); is org.bytedeco:tensorflow-lite with the"
                    + " classifier of this platform on the class path?";
        }
    }

    static Optional<String> obstacle() {
        return Optional.ofNullable(OBSTACLE);
    }

    static String version() {
        return tensorflowlite.TfLiteVersion().getString();
    }
}
