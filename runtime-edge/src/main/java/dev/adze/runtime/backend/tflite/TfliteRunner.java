package dev.adze.runtime.backend.tflite;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One step a call; the state lies in the interpreter's variable tensors {@code lstm.K.h} and {@code lstm.K.c}. */
final class TfliteRunner implements StepRunner {
    private final TfliteInterpreter interpreter;
    private final MemorySegment input;
    private final MemorySegment output;
    private final List<MemorySegment> states = new ArrayList<>();
    private final int inputSize;
    private final int outputSize;

    TfliteRunner(TfliteInterpreter interpreter, RecurrentNetwork network) {
        this.interpreter = interpreter;
        inputSize = network.inputSize();
        outputSize = network.outputSize();
        if (interpreter.inputs() != 1) {
            throw interpreter.refused("it has its state as inputs");
        }
        input = interpreter.input(inputSize);
        output = interpreter.output("outputs.scaled", outputSize);
        int recurrent = 0;
        for (var layer : network.layers()) {
            if (layer instanceof Lstm lstm) {
                states.add(interpreter.variable("lstm." + recurrent + ".h", lstm.hiddenSize()));
                states.add(interpreter.variable("lstm." + recurrent + ".c", lstm.hiddenSize()));
                recurrent++;
            }
        }
        reset();
    }

    @Override
    public void step(float[] features, int offset, float[] target) {
        synchronized (interpreter) { // nobody closes it between the copies
            advance(features, offset);
            MemorySegment.copy(output, JAVA_FLOAT, 0, target, 0, outputSize);
        }
    }

    @Override
    public void advance(float[] features, int offset) {
        synchronized (interpreter) {
            interpreter.requireOpen();
            MemorySegment.copy(features, offset, input, JAVA_FLOAT, 0, inputSize);
            interpreter.invoke();
        }
    }

    @Override
    public void reset() {
        interpreter.reset();
    }

    @Override
    public void copyStateTo(float[] state) {
        synchronized (interpreter) {
            interpreter.requireOpen();
            int at = 0;
            for (MemorySegment values : states) {
                int count = (int) (values.byteSize() / Float.BYTES);
                MemorySegment.copy(values, JAVA_FLOAT, 0, state, at, count);
                at += count;
            }
        }
    }

    @Override
    public void copyStateFrom(float[] state) {
        synchronized (interpreter) {
            interpreter.requireOpen();
            int at = 0;
            for (MemorySegment values : states) {
                int count = (int) (values.byteSize() / Float.BYTES);
                MemorySegment.copy(state, at, values, JAVA_FLOAT, 0, count);
                at += count;
            }
        }
    }
}
