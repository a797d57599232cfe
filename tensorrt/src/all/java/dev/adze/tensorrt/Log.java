package dev.adze.tensorrt;

import dev.adze.runtime.AdzeException;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.ILogger;

/** TensorRT's logger: keeps the last error for messages and lets the rest go. */
final class Log extends ILogger {
    /** Without a GPU TensorRT has returned small numbers in place of pointers. */
    private static final long LEAST_ADDRESS = 4096;
    private static final int ERROR = 1;

    private volatile String lastError = "";

    @Override
    public void log(Severity severity, String message) {
        if (severity.value <= ERROR) {
            lastError = message.strip().replaceAll("\\s*\\n\\s*", " | ");
        }
    }

    /** @throws AdzeException UNAVAILABLE with TensorRT's words if there is no object */
    <T extends Pointer> T require(T object, String what) {
        if (object == null || object.address() < LEAST_ADDRESS) {
            throw failed(what);
        }
        return object;
    }

    void require(boolean done, String what) {
        if (!done) {
            throw failed(what);
        }
    }

    AdzeException failed(String what) {
        return new AdzeException(AdzeException.Kind.UNAVAILABLE, "TensorRT fails to " + what
                + (lastError.isEmpty() ? "" : " (" + lastError + ")"));
    }
}
