package dev.adze.runtime.kernel;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.FeedForwardLayer;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.Residual;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Packs a network's weights as adze.h describes and lays out the state block of its runners. Used once. */
final class NativeCompiler {
    private static final int BLOCK = PackedLayout.BLOCK;
    /** Below, finding the columns that have moved costs more than the others' products (docs/results/runtime-kernels.md). */
    private static final int LEAST_UNITS_FOR_DELTAS = 64;

    private final NetworkTensors tensors;
    private final Arena arena;
    private final Skipping skipping;
    private final NativeState state = new NativeState();
    private final SparsePacking[] sparse;
    private MemorySegment weights;
    private long weightsUsed;

    NativeCompiler(NetworkTensors tensors, Arena arena, Skipping skipping) {
        this.tensors = tensors;
        this.arena = arena;
        this.skipping = skipping;
        sparse = new SparsePacking[tensors.network().layers().size()];
        for (int i = 0; i < sparse.length; i++) {
            sparse[i] = tensors.network().layers().get(i) instanceof Lstm lstm
                    ? SparsePacking.of(lstm, tensors, i, skipping) : null;
        }
    }

    NativeProgram compile(int tier) {
        var layers = tensors.network().layers();
        long bytes = 0;
        for (int i = 0; i < layers.size(); i++) {
            bytes += weightBytes(layers.get(i), i);
        }
        weights = mapWeights(bytes);
        MemorySegment plan = arena.allocate(NativePlan.byteSizeWithHead(layers.size()), 64);
        long networkInput = state.floats(tensors.network().inputSize());
        long values = networkInput;
        long digits = -1; // of the values, if an integer LSTM made them
        int advanceLayers = 0;
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            NativePlan.Entry entry = NativePlan.layer(plan, i);
            entry.set("input_size", layer.inputSize());
            entry.set("output_size", layer.outputSize());
            entry.set("input", values);
            switch (layer) {
                case Lstm lstm -> {
                    digits = switch (tensors.precision(i)) {
                        case FP32 -> real(entry, lstm, i, NativePlan.LSTM_FP32);
                        case FP16 -> real(entry, lstm, i, NativePlan.LSTM_FP16);
                        case INT8, INT4 -> integers(entry, lstm, i, digits);
                        case MIXED -> throw new IllegalStateException();
                    };
                    advanceLayers = i + 1;
                }
                case Dense dense -> {
                    dense(entry, dense, i);
                    digits = -1;
                }
                case LstmVariant _, ProjectedLstm _, Gru _, MinimalGate _, Bidirectional _, Residual _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ ->
                        throw new IllegalArgumentException("the native kernel has no " + layer.kind() + " layer");
            }
            values = state.lastOutput();
        }
        NativePlan.header(plan, "tier", tier);
        NativePlan.header(plan, "layers", layers.size());
        NativePlan.header(plan, "advance_layers", advanceLayers);
        NativePlan.header(plan, "input_size", tensors.network().inputSize());
        NativePlan.header(plan, "input", networkInput);
        NativePlan.addHead(plan, advanceLayers, layers.size());
        return new NativeProgram(tensors.network(), plan, state, networkInput, weights, new WindowWeights(), advanceLayers, null, null,
                new ThreadChoice(1, "not asked for more"));
    }

    /** @return -1: its hidden values have no digits */
    private long real(NativePlan.Entry entry, Lstm lstm, int layer, int kind) {
        int blocks = PackedLayout.blocks(lstm.hiddenSize());
        entry.set("kind", kind);
        MemorySegment packed = takeWeights(weightBytes(lstm, layer));
        MemorySegment weightIh = tensors.get(layer, "weight_ih").data();
        MemorySegment weightHh = tensors.get(layer, "weight_hh").data();
        for (int block = 0; block < blocks; block++) { // block by block: the call holds the garbage collector up
            if (kind == NativePlan.LSTM_FP16) {
                NativeCalls.packFp16(packed, weightIh, weightHh, lstm.inputSize(), lstm.hiddenSize(), block);
            } else {
                NativeCalls.packFp32(packed, weightIh, weightHh, lstm.inputSize(), lstm.hiddenSize(), block);
            }
        }
        entry.set("weights", packed);
        entry.set("bias", rows(lstm, tensors.get(layer, "bias").toFloats()));
        state.addLstm(entry, lstm, blocks * BLOCK);
        entry.set("next", state.floats(blocks * BLOCK));
        return -1;
    }

    /** @return the state offset of the digits of h */
    private long integers(NativePlan.Entry entry, Lstm lstm, int layer, long inputDigits) {
        int blocks = PackedLayout.blocks(lstm.hiddenSize());
        boolean oneDigit = inputDigits >= 0;
        entry.set("option", oneDigit ? 1 : 2);
        MemorySegment packed = takeWeights(weightBytes(lstm, layer));
        if (tensors.precision(layer) == Precision.INT4) {
            packInt4(entry, lstm, layer, packed);
        } else if (sparse[layer] != null) {
            packSparse(entry, lstm, layer, packed);
        } else {
            packInt8(entry, lstm, layer, packed);
            if (updatesSums(lstm)) {
                entry.set("kind", NativePlan.LSTM_INT8_DELTA);
                entry.set("delta_input", oneDigit ? state.delta(PackedLayout.groups(lstm.inputSize()), blocks) : 0);
                entry.set("delta_hidden", state.delta(PackedLayout.groups(lstm.hiddenSize()), blocks));
            }
        }
        RowFactors factors = RowFactors.of(tensors, layer, oneDigit);
        entry.set("weights", packed);
        entry.set("bias", rows(lstm, tensors.get(layer, "bias").toFloats()));
        entry.set("input_factor", rows(lstm, factors.input()));
        entry.set("hidden_factor", rows(lstm, factors.hidden()));
        state.addLstm(entry, lstm, blocks * BLOCK);
        // Digits are stored with another bias in int8 than in int4: after a layer of the other one they are translated.
        boolean others = oneDigit && tensors.precision(layer) != tensors.precision(layer - 1);
        entry.set("input_digits", oneDigit && !others ? inputDigits : state.bytes(lstm.inputSize()));
        entry.set("input_low", others ? inputDigits : oneDigit ? 0 : state.bytes(lstm.inputSize()));
        entry.set("input_scale", oneDigit ? 0 : state.floats(1));
        long digits = state.bytes(blocks * BLOCK);
        entry.set("output_digits", digits);
        entry.set("next", state.bytes(blocks * BLOCK));
        return digits;
    }

    private boolean updatesSums(Lstm lstm) {
        return lstm.hold() > 0 && switch (skipping) {
            case WHERE_IT_PAYS -> lstm.hiddenSize() >= LEAST_UNITS_FOR_DELTAS;
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    private void packInt4(NativePlan.Entry entry, Lstm lstm, int layer, MemorySegment packed) {
        entry.set("kind", NativePlan.LSTM_INT4);
        entry.set("group_starts", state.floats(2 * Int4.groups(lstm.inputSize()) + Int4.groups(lstm.hiddenSize())));
        for (int block = 0; block < PackedLayout.blocks(lstm.hiddenSize()); block++) {
            NativeCalls.packInt4(packed, tensors.get(layer, "weight_ih").data(),
                    tensors.get(layer, "weight_ih.multiplier").data(), tensors.get(layer, "weight_hh").data(),
                    tensors.get(layer, "weight_hh.multiplier").data(), lstm.inputSize(), lstm.hiddenSize(), block);
        }
    }

    private void packSparse(NativePlan.Entry entry, Lstm lstm, int layer, MemorySegment packed) {
        try (Arena passing = Arena.ofConfined()) {
            MemorySegment whole = passing.allocate(wholeBytes(lstm, layer), 64);
            packInt8(entry, lstm, layer, whole);
            sparse[layer].pack(whole, packed, entry, arena);
        }
        entry.set("kind", NativePlan.LSTM_INT8_SPARSE);
        entry.set("left_out", sparse[layer].leftOut());
        entry.set("left_out_count", state.skipCount());
    }

    private void packInt8(NativePlan.Entry entry, Lstm lstm, int layer, MemorySegment packed) {
        int blocks = PackedLayout.blocks(lstm.hiddenSize());
        entry.set("kind", NativePlan.LSTM_INT8);
        MemorySegment inputOffset = arena.allocate(ValueLayout.JAVA_INT.byteSize() * blocks * PackedLayout.ROWS, 64);
        MemorySegment hiddenOffset = arena.allocate(inputOffset.byteSize(), 64);
        for (int block = 0; block < blocks; block++) {
            NativeCalls.packInt8(packed, inputOffset, hiddenOffset, tensors.get(layer, "weight_ih").data(),
                    tensors.get(layer, "weight_hh").data(), lstm.inputSize(), lstm.hiddenSize(), block);
        }
        entry.set("input_offset", inputOffset);
        entry.set("hidden_offset", hiddenOffset);
    }

    private void dense(NativePlan.Entry entry, Dense dense, int layer) {
        int inputs = dense.inputSize();
        int blocks = (dense.outputSize() + BLOCK - 1) / BLOCK;
        float[] weight = tensors.get(layer, "weight").toFloats();
        float[] packed = new float[blocks * inputs * BLOCK];
        for (int row = 0; row < dense.outputSize(); row++) {
            for (int k = 0; k < inputs; k++) {
                packed[(row / BLOCK * inputs + k) * BLOCK + row % BLOCK] = weight[row * inputs + k];
            }
        }
        entry.set("kind", NativePlan.DENSE);
        entry.set("option", switch (dense.activation()) { // enum adze_activation
            case IDENTITY -> 0;
            case RELU -> 1;
            case TANH -> 2;
            case GELU -> 3;
        });
        MemorySegment segment = takeWeights(weightBytes(dense, layer));
        MemorySegment.copy(packed, 0, segment, ValueLayout.JAVA_FLOAT, 0, packed.length);
        entry.set("weights", segment);
        entry.set("bias", floats(java.util.Arrays.copyOf(tensors.get(layer, "bias").toFloats(), blocks * BLOCK)));
        entry.set("output", state.output(blocks * BLOCK));
    }

    private MemorySegment rows(Lstm lstm, float[] values) {
        return floats(PackedLayout.packRows(lstm.hiddenSize(), values));
    }

    private MemorySegment floats(float[] values) {
        MemorySegment segment = arena.allocate((long) values.length * Float.BYTES, 64);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    private long weightBytes(Layer layer, int index) {
        return switch (layer) {
            case Lstm lstm -> sparse[index] != null ? sparse[index].byteSize() : wholeBytes(lstm, index);
            case Dense dense -> (dense.outputSize() + BLOCK - 1L) / BLOCK * dense.inputSize() * BLOCK * Float.BYTES;
            case LstmVariant _, ProjectedLstm _, Gru _, MinimalGate _, Bidirectional _, Residual _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ ->
                    throw new IllegalArgumentException("the native kernel has no " + layer.kind() + " layer");
        };
    }

    private long wholeBytes(Lstm lstm, int layer) {
        int inputs = lstm.inputSize();
        int hidden = lstm.hiddenSize();
        long rowBytes = switch (tensors.precision(layer)) {
            case FP32 -> 4L * (inputs + hidden);
            case FP16 -> 2L * (inputs + hidden);
            case INT8 -> 4L * (PackedLayout.groups(inputs) + PackedLayout.groups(hidden));
            case INT4 -> (1L + Int4.GROUP / 2) * (Int4.groups(inputs) + Int4.groups(hidden));
            case MIXED -> throw new IllegalStateException();
        };
        return (long) PackedLayout.blocks(hidden) * PackedLayout.ROWS * rowBytes;
    }

    /** All weights lie in one piece, in the order of use: the prefetch of one layer's end brings the next one's start. */
    private MemorySegment mapWeights(long bytes) {
        MemorySegment mapped = NativeCalls.map(bytes);
        if (mapped.address() == 0) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "no memory for " + (bytes >> 20)
                    + " MiB of weights; free some or use a smaller model");
        }
        return mapped.reinterpret(bytes, arena, memory -> NativeCalls.unmap(memory, bytes));
    }

    private MemorySegment takeWeights(long bytes) {
        MemorySegment part = weights.asSlice(weightsUsed, bytes);
        weightsUsed += bytes;
        return part;
    }
}
