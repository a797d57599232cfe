package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Int4;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * The memory that windows of up to so many steps and sequences need, laid out as adze_window.h says. Freed by the garbage
 * collector.
 */
final class WindowMemory {
    private static final StructLayout LAYER = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("input"),
            ValueLayout.JAVA_LONG.withName("input_digits"),
            ValueLayout.JAVA_LONG.withName("input_low"),
            ValueLayout.JAVA_LONG.withName("input_scale"),
            ValueLayout.JAVA_LONG.withName("group_starts"),
            ValueLayout.JAVA_LONG.withName("input_stride"),
            ValueLayout.JAVA_LONG.withName("sums"),
            ValueLayout.JAVA_LONG.withName("hidden"),
            ValueLayout.JAVA_LONG.withName("digits"),
            ValueLayout.JAVA_LONG.withName("cell"),
            ValueLayout.ADDRESS.withName("recurrent"));

    /** Where one LSTM layer's values lie. */
    record Place(MemorySegment fields, int units, boolean integers, long hidden, long digits, long cell) {}

    final int steps;
    final int sequences;
    final Place[] places;
    final MemorySegment memory;
    /** Kept from being freed: the layers' structures point there. */
    private final MemorySegment[] recurrent;
    private long size;

    /**
     * @param plan   whose first {@code layers} are LSTM layers
     * @param hidden their units without padding
     * @param recurrent {@link WindowWeights} of each
     */
    WindowMemory(MemorySegment plan, MemorySegment[] recurrent, int inputSize, int[] hidden, int steps, int sequences) {
        this.recurrent = recurrent;
        this.steps = steps;
        this.sequences = sequences;
        int rows = Math.max(WindowCalls.rows(), sequences);
        MemorySegment structs = Arena.ofAuto().allocate(LAYER.byteSize() * hidden.length, 64);
        places = new Place[hidden.length];
        take(4L * steps * sequences * inputSize); // the network's inputs, at 0
        long input = 0;
        long inputDigits = 0;
        int stride = inputSize;
        for (int i = 0; i < hidden.length; i++) {
            NativePlan.Entry layer = NativePlan.layer(plan, i);
            boolean int4 = layer.kind() == NativePlan.LSTM_INT4;
            boolean integers = int4 || layer.kind() == NativePlan.LSTM_INT8;
            boolean twoDigits = integers && layer.option() == 2;
            boolean others = integers && layer.translatesDigits();
            int units = PackedLayout.blocks(hidden[i]) * PackedLayout.BLOCK;
            int group = int4 ? Int4.GROUP : 4;
            long scratchDigits = (long) rows * ((stride + group - 1) / group * group);
            MemorySegment fields = structs.asSlice(i * LAYER.byteSize(), LAYER.byteSize());
            set(fields, "input", input);
            set(fields, "input_digits", twoDigits || others ? take(scratchDigits) : inputDigits);
            set(fields, "input_low", twoDigits ? take(scratchDigits) : others ? inputDigits : 0);
            set(fields, "input_scale", twoDigits ? take(4L * rows) : 0);
            set(fields, "group_starts", int4 ? take(4L * rows * (2 * Int4.groups(stride) + Int4.groups(units))) : 0);
            set(fields, "input_stride", stride);
            set(fields, "sums", take(4L * rows * 4 * units));
            long hiddenAt = take(4L * (steps + 1) * sequences * units);
            long digitsAt = integers ? take((long) (steps + 1) * sequences * units + Int4.GROUP) : 0;
            long cellAt = take(4L * sequences * units);
            set(fields, "hidden", hiddenAt);
            set(fields, "digits", digitsAt);
            set(fields, "cell", cellAt);
            fields.set(ValueLayout.ADDRESS, LAYER.byteOffset(PathElement.groupElement("recurrent")), recurrent[i]);
            places[i] = new Place(fields, units, integers, hiddenAt, digitsAt, cellAt);
            // Row t + 1 of a layer's hidden values is row t of the next one's inputs.
            input = hiddenAt + 4L * sequences * units;
            inputDigits = digitsAt + (long) sequences * units;
            stride = units;
        }
        memory = Arena.ofAuto().allocate(size, 64);
    }

    private long take(long bytes) {
        long offset = size;
        size += (bytes + 63) / 64 * 64;
        return offset;
    }

    private static void set(MemorySegment fields, String name, long value) {
        fields.set(ValueLayout.JAVA_LONG, LAYER.byteOffset(PathElement.groupElement(name)), value);
    }

    /** Makes the state after {@code step} steps that before the first. */
    void carry(int step) {
        for (Place place : places) {
            long row = (long) sequences * place.units;
            MemorySegment.copy(memory, place.hidden + 4 * row * step, memory, place.hidden, 4 * row);
            if (place.integers) {
                MemorySegment.copy(memory, place.digits + row * step, memory, place.digits, row);
            }
        }
    }
}
