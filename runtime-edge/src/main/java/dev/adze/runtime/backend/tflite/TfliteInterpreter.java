package dev.adze.runtime.backend.tflite;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.MemorySegment;
import org.bytedeco.tensorflowlite.TfLiteInterpreter;
import org.bytedeco.tensorflowlite.TfLiteInterpreterOptions;
import org.bytedeco.tensorflowlite.TfLiteModel;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/** One interpreter, on one thread of its own. Its tensors lie in its memory: who touches them holds its monitor. */
final class TfliteInterpreter {
    private static final int OK = 0;
    private static final int FLOAT32 = 1;

    private final TfLiteInterpreter interpreter;
    private final String fileName;
    private boolean closed;

    TfliteInterpreter(TfLiteModel model, String fileName) {
        this.fileName = fileName;
        TfLiteInterpreterOptions options = tensorflowlite.TfLiteInterpreterOptionsCreate();
        tensorflowlite.TfLiteInterpreterOptionsSetNumThreads(options, 1);
        interpreter = tensorflowlite.TfLiteInterpreterCreate(model, options);
        tensorflowlite.TfLiteInterpreterOptionsDelete(options);
        if (interpreter == null || interpreter.isNull()) {
            throw refused("it has an operator that is unknown to TensorFlow Lite");
        }
        if (tensorflowlite.TfLiteInterpreterAllocateTensors(interpreter) != OK) {
            tensorflowlite.TfLiteInterpreterDelete(interpreter);
            throw refused("an operator does not take its tensors");
        }
    }

    AdzeException refused(String reason) {
        return new AdzeException(AdzeException.Kind.BAD_BUNDLE, fileName + ": " + reason
                + "; export it again with --form step --precision fp32 or int8");
    }

    int inputs() {
        return tensorflowlite.TfLiteInterpreterGetInputTensorCount(interpreter);
    }

    /** Memory of the fp32 input 0. */
    MemorySegment input(int floats) {
        return memory(tensorflowlite.TfLiteInterpreterGetInputTensor(interpreter, 0), floats);
    }

    /** Memory of the fp32 output of that name. */
    MemorySegment output(String name, int floats) {
        for (int i = 0; i < tensorflowlite.TfLiteInterpreterGetOutputTensorCount(interpreter); i++) {
            TfLiteTensor tensor = tensorflowlite.TfLiteInterpreterGetOutputTensor(interpreter, i);
            if (tensorflowlite.TfLiteTensorName(tensor).getString().equals(name)) {
                return memory(tensor, floats);
            }
        }
        throw refused("there is no output " + name);
    }

    /** Memory of the fp32 state of that name. */
    MemorySegment variable(String name, int floats) {
        for (int i = 0; i < tensorflowlite.TfLiteInterpreterGetVariableTensorCount(interpreter); i++) {
            TfLiteTensor tensor = tensorflowlite.TfLiteInterpreterGetVariableTensor(interpreter, i);
            if (tensorflowlite.TfLiteTensorName(tensor).getString().equals(name)) {
                return memory(tensor, floats);
            }
        }
        throw refused("there is no state " + name);
    }

    private MemorySegment memory(TfLiteTensor tensor, int floats) {
        String name = tensorflowlite.TfLiteTensorName(tensor).getString();
        long bytes = tensorflowlite.TfLiteTensorByteSize(tensor);
        if (tensorflowlite.TfLiteTensorType(tensor) != FLOAT32 || bytes != (long) floats * Float.BYTES) {
            throw refused(name + " is not of " + floats + " fp32 values");
        }
        return MemorySegment.ofAddress(tensorflowlite.TfLiteTensorData(tensor).address()).reinterpret(bytes);
    }

    /** Runs the graph on what lies in its input. */
    synchronized void invoke() {
        requireOpen();
        if (tensorflowlite.TfLiteInterpreterInvoke(interpreter) != OK) {
            throw new AdzeException(AdzeException.Kind.MISMATCH, "TensorFlow Lite cannot run " + fileName);
        }
    }

    synchronized void reset() {
        requireOpen();
        if (tensorflowlite.TfLiteInterpreterResetVariableTensors(interpreter) != OK) {
            throw new AdzeException(AdzeException.Kind.MISMATCH, "TensorFlow Lite cannot reset the state of " + fileName);
        }
    }

    /** To be called under the monitor before memory is touched. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the network was closed");
        }
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            tensorflowlite.TfLiteInterpreterDelete(interpreter);
        }
    }
}
