package dev.adze.runtime.backend.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** State and buffers of one session on the GPU. Windows of the engine's length are one call, others a call a step. */
final class TensorRtRunner implements StepRunner {
    private final TensorRtProgram program;
    private final EngineCall cell;
    /** Null if windows are computed step by step. */
    private final EngineCall window;
    private final int windowSteps;
    private final int inputSize;
    private final float[] state;

    /** Under the program's monitor, with its context. */
    TensorRtRunner(TensorRtProgram program, EngineCall cell, EngineCall window, int windowSteps, RecurrentNetwork network) {
        this.program = program;
        this.cell = cell;
        this.window = window;
        this.windowSteps = windowSteps;
        inputSize = network.inputSize();
        state = new float[network.stateSize()];
    }

    /** Whether a step is a CUDA graph. */
    boolean captured() {
        return cell.captured();
    }

    @Override
    public void step(float[] features, int offset, float[] output) {
        synchronized (program) {
            advance(features, offset);
            cell.output(output);
        }
    }

    /** The dense layers cost little beside a launch, so they are not left out. */
    @Override
    public void advance(float[] features, int offset) {
        synchronized (program) {
            program.enter();
            MemorySegment.copy(features, offset, cell.features(), JAVA_FLOAT, 0, inputSize);
            cell.run();
        }
    }

    @Override
    public void window(float[] ring, int rowSize, int capacity, int first, int steps, float[] output) {
        synchronized (program) {
            if (window == null || steps != windowSteps) {
                StepRunner.super.window(ring, rowSize, capacity, first, steps, output);
                return;
            }
            program.enter();
            int beforeEnd = Math.min(steps, capacity - first);
            MemorySegment.copy(ring, first * rowSize, window.features(), JAVA_FLOAT, 0, beforeEnd * rowSize);
            MemorySegment.copy(ring, 0, window.features(), JAVA_FLOAT, 4L * beforeEnd * rowSize, (steps - beforeEnd) * rowSize);
            window.run();
            window.output(output);
            window.state(state);
            cell.setState(state);
        }
    }

    @Override
    public void reset() {
        synchronized (program) {
            program.enter();
            Arrays.fill(state, 0);
            cell.setState(state);
        }
    }

    @Override
    public void copyStateTo(float[] target) {
        synchronized (program) {
            program.enter();
            cell.state(target);
        }
    }

    @Override
    public void copyStateFrom(float[] source) {
        synchronized (program) {
            program.enter();
            cell.setState(source);
        }
    }
}
