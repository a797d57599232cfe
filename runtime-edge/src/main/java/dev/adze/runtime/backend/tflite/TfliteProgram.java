package dev.adze.runtime.backend.tflite;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.ref.Cleaner;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorflowlite.TfLiteModel;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/** A model file in memory and the interpreters that run it. */
final class TfliteProgram {
    private static final Cleaner CLEANER = Cleaner.create();

    private final String fileName;
    private final RecurrentNetwork network;
    private final BytePointer bytes; // the model lies in it
    private final TfLiteModel model;
    private final Set<TfliteInterpreter> interpreters = Collections.newSetFromMap(new WeakHashMap<>());

    TfliteProgram(String fileName, byte[] file, RecurrentNetwork network) {
        this.fileName = fileName;
        this.network = network;
        bytes = new BytePointer(file);
        model = tensorflowlite.TfLiteModelCreate(bytes, file.length);
        if (model == null || model.isNull()) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, fileName + " is no TensorFlow Lite model; export it again");
        }
    }

    synchronized StepRunner newRunner() {
        var interpreter = new TfliteInterpreter(model, fileName);
        try {
            var runner = new TfliteRunner(interpreter, network);
            interpreters.add(interpreter);
            CLEANER.register(runner, interpreter::close);
            return runner;
        } catch (RuntimeException e) {
            interpreter.close();
            throw e;
        }
    }

    synchronized void close() {
        interpreters.forEach(TfliteInterpreter::close);
        tensorflowlite.TfLiteModelDelete(model);
        bytes.close();
    }
}
