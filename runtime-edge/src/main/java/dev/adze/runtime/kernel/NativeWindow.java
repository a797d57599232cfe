package dev.adze.runtime.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Windows of a runner of the native kernel, for networks of LSTM layers with dense layers after them. Its memory grows
 * with the longest window seen, up to {@value #MAX_SEGMENT_STEPS} steps; longer windows are run in stretches of so many.
 */
final class NativeWindow {
    private static final int MAX_SEGMENT_STEPS = 600;
    /** Rows that a layer does before the next one may follow: a tile of the matrix product (window.h). */
    private static final int ROWS_APART = 6;

    private final NativeProgram program;
    private final MemorySegment state;
    private final MemorySegment head;
    private final int[] hidden;
    private final int inputSize;
    private final int outputSize;
    private WindowMemory memory;
    /** Steps of the newest stretch; the state lies after them. */
    private int last;
    private int segmentSteps;
    private int stretchSteps;
    private final WindowCrew.Work stretches = this::stretch;

    private NativeWindow(NativeProgram program, MemorySegment state, int[] hidden) {
        this.program = program;
        this.state = state;
        this.hidden = hidden;
        inputSize = program.network().inputSize();
        outputSize = program.network().outputSize();
        int layers = program.network().layers().size();
        head = layers == hidden.length ? null : NativePlan.head(program.plan(), layers);
    }

    /** Null where windows must be run step by step. */
    static NativeWindow of(NativeProgram program, MemorySegment state) {
        RecurrentNetwork network = program.network();
        int count = network.lastRecurrent() + 1;
        List<Layer> recurrent = network.layers().subList(0, count);
        boolean suits = count > 0 && recurrent.stream().allMatch(Lstm.class::isInstance)
                && WindowCalls.usable(program.plan());
        for (int i = 0; i < count && suits; i++) {
            int kind = NativePlan.layer(program.plan(), i).kind();
            suits = kind != NativePlan.LSTM_INT8_DELTA && kind != NativePlan.LSTM_INT8_SPARSE
                    && (((Lstm) recurrent.get(i)).hold() == 0 || kind == NativePlan.LSTM_FP32 || kind == NativePlan.LSTM_FP16);
        }
        return suits ? new NativeWindow(program, state, recurrent.stream().mapToInt(Layer::outputSize).toArray()) : null;
    }

    /** As {@link StepRunner#window}. */
    void run(float[] ring, int capacity, int first, int steps, float[] output) {
        reserve(Math.min(steps, MAX_SEGMENT_STEPS), 1);
        begin();
        int done = 0;
        while (done < steps) {
            int count = Math.min(steps - done, memory.steps);
            int row = (int) ((first + (long) done) % capacity);
            int beforeEnd = Math.min(count, capacity - row);
            MemorySegment.copy(ring, row * inputSize, memory.memory, JAVA_FLOAT, 0, beforeEnd * inputSize);
            MemorySegment.copy(ring, 0, memory.memory, JAVA_FLOAT, 4L * beforeEnd * inputSize,
                    (count - beforeEnd) * inputSize);
            segment(count);
            done += count;
        }
        finish(0, output, 0);
    }

    /** As {@link StepRunner#windows}. */
    void run(float[] features, int steps, int sequences, float[] outputs) {
        reserve(Math.clamp(MAX_SEGMENT_STEPS / sequences, 1, steps), sequences);
        begin();
        int done = 0;
        while (done < steps) {
            int count = Math.min(steps - done, memory.steps);
            for (int s = 0; s < sequences; s++) {
                for (int t = 0; t < count; t++) {
                    MemorySegment.copy(features, (s * steps + done + t) * inputSize, memory.memory, JAVA_FLOAT,
                            4L * (t * sequences + s) * inputSize, inputSize);
                }
            }
            segment(count);
            done += count;
        }
        for (int s = 0; s < sequences; s++) {
            finish(s, outputs, s * outputSize);
        }
    }

    private void reserve(int steps, int sequences) {
        if (memory == null || memory.sequences != sequences || memory.steps < steps) {
            memory = new WindowMemory(program.plan(), program.windowWeights().of(program.plan(), hidden.length), inputSize, hidden, steps, sequences);
        }
    }

    private void begin() {
        for (int layer = 0; layer < hidden.length; layer++) {
            WindowCalls.begin(program.plan(), layer, memory.places[layer].fields(), memory.sequences, memory.memory);
        }
        last = 0;
    }

    /** Runs the {@code count} steps whose inputs are in the memory. */
    private void segment(int count) {
        if (last > 0) {
            memory.carry(last);
        }
        stretchSteps = Math.max(1, ROWS_APART / memory.sequences);
        segmentSteps = count;
        WindowCrew crew = program.crew();
        if (crew == null || !crew.run(stretches, hidden.length, (count + stretchSteps - 1) / stretchSteps)) {
            for (int layer = 0; layer < hidden.length; layer++) {
                steps(layer, 0, count);
            }
        }
        last = count;
    }

    private void stretch(int layer, int stretch) {
        int first = stretch * stretchSteps;
        steps(layer, first, Math.min(first + stretchSteps, segmentSteps));
    }

    private void steps(int layer, int first, int end) {
        WindowCalls.steps(program.plan(), layer, memory.places[layer].fields(), memory.sequences, memory.memory, first, end);
    }

    /** A sequence's state becomes the runner's, and its outputs are computed. */
    private void finish(int sequence, float[] outputs, int offset) {
        for (int layer = 0; layer < hidden.length; layer++) {
            WindowMemory.Place place = memory.places[layer];
            NativeState.Recurrent target = program.layout().recurrent().get(layer);
            long row = (long) last * memory.sequences + sequence;
            long bytes = 4L * hidden[layer];
            MemorySegment.copy(memory.memory, place.hidden() + 4 * row * place.units(), state, target.hidden(), bytes);
            MemorySegment.copy(memory.memory, place.cell() + 4L * sequence * place.units(), state, target.cell(), bytes);
        }
        NativeCalls.refresh(program.plan(), state);
        if (head != null) {
            NativeCalls.step(head, state);
        }
        MemorySegment.copy(state, JAVA_FLOAT, program.layout().lastOutput(), outputs, offset, outputSize);
    }
}
