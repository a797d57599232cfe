package dev.adze.runtime.kernel;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** {@code adze_plan} and {@code adze_layer} of src/main/native/adze.h, field by field. */
final class NativePlan {
    /** {@code enum adze_kind}. */
    static final int DENSE = 0;
    static final int LSTM_FP32 = 1;
    static final int LSTM_FP16 = 2;
    static final int LSTM_INT8 = 3;

    private static final StructLayout HEADER = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("tier"),
            ValueLayout.JAVA_INT.withName("layers"),
            ValueLayout.JAVA_INT.withName("advance_layers"),
            ValueLayout.JAVA_INT.withName("input_size"),
            ValueLayout.JAVA_LONG.withName("input"),
            ValueLayout.JAVA_LONG.withName("reserved"));

    private static final StructLayout LAYER = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("kind"),
            ValueLayout.JAVA_INT.withName("input_size"),
            ValueLayout.JAVA_INT.withName("output_size"),
            ValueLayout.JAVA_INT.withName("option"),
            ValueLayout.ADDRESS.withName("weights"),
            ValueLayout.ADDRESS.withName("bias"),
            ValueLayout.ADDRESS.withName("input_factor"),
            ValueLayout.ADDRESS.withName("hidden_factor"),
            ValueLayout.ADDRESS.withName("input_offset"),
            ValueLayout.ADDRESS.withName("hidden_offset"),
            ValueLayout.JAVA_LONG.withName("input"),
            ValueLayout.JAVA_LONG.withName("input_digits"),
            ValueLayout.JAVA_LONG.withName("input_low"),
            ValueLayout.JAVA_LONG.withName("input_scale"),
            ValueLayout.JAVA_LONG.withName("output"),
            ValueLayout.JAVA_LONG.withName("output_digits"),
            ValueLayout.JAVA_LONG.withName("cell"),
            ValueLayout.JAVA_LONG.withName("next"));

    private NativePlan() {}

    static long byteSize(int layers) {
        return HEADER.byteSize() + layers * LAYER.byteSize();
    }

    static void header(MemorySegment plan, String field, int value) {
        plan.set(ValueLayout.JAVA_INT, HEADER.byteOffset(PathElement.groupElement(field)), value);
    }

    static void header(MemorySegment plan, String field, long value) {
        plan.set(ValueLayout.JAVA_LONG, HEADER.byteOffset(PathElement.groupElement(field)), value);
    }

    /** The part of the plan that describes one layer. */
    static Entry layer(MemorySegment plan, int index) {
        return new Entry(plan.asSlice(HEADER.byteSize() + index * LAYER.byteSize(), LAYER.byteSize()));
    }

    record Entry(MemorySegment fields) {
        void set(String field, int value) {
            fields.set(ValueLayout.JAVA_INT, offset(field), value);
        }

        void set(String field, long value) {
            fields.set(ValueLayout.JAVA_LONG, offset(field), value);
        }

        void set(String field, MemorySegment value) {
            fields.set(ValueLayout.ADDRESS, offset(field), value);
        }

        private static long offset(String field) {
            return LAYER.byteOffset(PathElement.groupElement(field));
        }
    }
}
