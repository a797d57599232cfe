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
    static final int LSTM_INT4 = 4;
    static final int LSTM_INT8_DELTA = 5;
    static final int LSTM_INT8_SPARSE = 6;

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
            ValueLayout.ADDRESS.withName("block_groups"),
            ValueLayout.ADDRESS.withName("block_lists"),
            ValueLayout.JAVA_LONG.withName("input"),
            ValueLayout.JAVA_LONG.withName("input_digits"),
            ValueLayout.JAVA_LONG.withName("input_low"),
            ValueLayout.JAVA_LONG.withName("input_scale"),
            ValueLayout.JAVA_LONG.withName("group_starts"),
            ValueLayout.JAVA_LONG.withName("hold"),
            ValueLayout.JAVA_LONG.withName("held"),
            ValueLayout.JAVA_LONG.withName("delta_input"),
            ValueLayout.JAVA_LONG.withName("delta_hidden"),
            ValueLayout.JAVA_LONG.withName("left_out"),
            ValueLayout.JAVA_LONG.withName("left_out_count"),
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

    /** Bytes of a plan and of its {@link #head} behind it. */
    static long byteSizeWithHead(int layers) {
        return 2 * byteSize(layers);
    }

    /** Completes a plan of {@link #byteSizeWithHead} by that of its layers from {@code first} on, over the same state. */
    static void addHead(MemorySegment plan, int first, int layers) {
        MemorySegment head = head(plan, layers);
        MemorySegment.copy(plan, 0, head, 0, HEADER.byteSize());
        header(head, "layers", layers - first);
        header(head, "advance_layers", 0);
        for (int i = first; i < layers; i++) {
            layer(head, i - first).fields.copyFrom(layer(plan, i).fields);
        }
    }

    /** The plan of the layers after the last recurrent one. */
    static MemorySegment head(MemorySegment plan, int layers) {
        return plan.asSlice(byteSize(layers));
    }

    record Entry(MemorySegment fields) {
        void set(String field, int value) {
            fields.set(ValueLayout.JAVA_INT, offset(field), value);
        }

        int kind() {
            return fields.get(ValueLayout.JAVA_INT, offset("kind"));
        }

        /** {@code option} of an LSTM: digits an input value has. */
        int option() {
            return fields.get(ValueLayout.JAVA_INT, offset("option"));
        }

        /** Whether a one-digit input's digits come from a layer of the other integer precision. */
        boolean translatesDigits() {
            return option() == 1 && fields.get(ValueLayout.JAVA_LONG, offset("input_low")) != 0;
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
