package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A network's tensors in the layout of adze_lstm.cu.
 *
 * @param matrices  {@code [unit of all layers][chunk][lane][gate]} words of 32 bits
 * @param constants {@code [bias, input factor, hidden factor][unit][gate]}, the factors in int8 only
 * @param head      of the dense layers: {@code weight [out, in]}, {@code bias [out]}, one after the other
 */
record CudaWeights(MemorySegment matrices, MemorySegment constants, MemorySegment head) {
    private static final int GATES = 4;

    static CudaWeights pack(CudaPlan plan, NetworkTensors tensors, Arena arena) {
        long words = 0;
        for (Lstm lstm : plan.lstms()) {
            words += (long) lstm.hiddenSize() * rowWords(plan, lstm);
        }
        MemorySegment matrices = arena.allocate(4 * words, 16);
        int parts = plan.precision() == Precision.INT8 ? 3 : 1;
        MemorySegment constants = arena.allocate(4L * parts * plan.units() * GATES, 16);
        long first = 0;
        int task = 0;
        for (int i = 0; i < plan.lstms().size(); i++) {
            Lstm lstm = plan.lstms().get(i);
            int inputWords = plan.chunks(lstm.inputSize()) * CudaPlan.LANES * GATES;
            matrix(plan, tensors.get(i, "weight_ih"), lstm, matrices, first);
            matrix(plan, tensors.get(i, "weight_hh"), lstm, matrices, first + inputWords);
            constants(plan, tensors, i, constants, task);
            first += (long) lstm.hiddenSize() * rowWords(plan, lstm);
            task += lstm.hiddenSize();
        }
        return new CudaWeights(matrices, constants, head(plan, tensors, arena));
    }

    /** Words of the four rows of a unit. */
    private static int rowWords(CudaPlan plan, Lstm lstm) {
        return (plan.chunks(lstm.inputSize()) + plan.chunks(lstm.hiddenSize())) * CudaPlan.LANES * GATES;
    }

    private static void matrix(CudaPlan plan, Tensor matrix, Lstm lstm, MemorySegment target, long firstWord) {
        int units = lstm.hiddenSize();
        int columns = matrix.shape().getLast();
        int bytes = plan.bits() / 8;
        int columnsAWord = 4 / bytes;
        int rowWords = rowWords(plan, lstm);
        for (int gate = 0; gate < GATES; gate++) {
            for (int unit = 0; unit < units; unit++) {
                long row = firstWord + (long) unit * rowWords + gate;
                long source = ((long) gate * units + unit) * columns;
                for (int k = 0; k < columns; k++) {
                    long place = 4 * (row + (long) (k / columnsAWord) * GATES) + (long) k % columnsAWord * bytes;
                    MemorySegment.copy(matrix.data(), (source + k) * bytes, target, place, bytes);
                }
            }
        }
    }

    private static void constants(CudaPlan plan, NetworkTensors tensors, int layer, MemorySegment target, int firstTask) {
        boolean integers = plan.precision() == Precision.INT8;
        float[] bias = tensors.get(layer, "bias").toFloats();
        float[] input = integers ? tensors.get(layer, "weight_ih.scale").toFloats() : null;
        float[] hidden = integers ? tensors.get(layer, "weight_hh.scale").toFloats() : null;
        int units = bias.length / GATES;
        long part = (long) plan.units() * GATES;
        for (int gate = 0; gate < GATES; gate++) {
            for (int unit = 0; unit < units; unit++) {
                int row = gate * units + unit;
                long place = (long) (firstTask + unit) * GATES + gate;
                target.setAtIndex(ValueLayout.JAVA_FLOAT, place, bias[row]);
                if (integers) { // docs/arithmetic.md: a one-digit input's 1/127 is in its factor
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, part + place, layer == 0 ? input[row] : input[row] / 127f);
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, 2 * part + place, hidden[row] / 127f);
                }
            }
        }
    }

    private static MemorySegment head(CudaPlan plan, NetworkTensors tensors, Arena arena) {
        long floats = 0;
        for (Dense dense : plan.head()) {
            floats += (dense.inputSize() + 1L) * dense.outputSize();
        }
        MemorySegment head = arena.allocate(Math.max(4, 4 * floats), 16); // an address even where there is none
        long at = 0;
        for (int i = 0; i < plan.head().size(); i++) {
            for (String name : new String[] {"weight", "bias"}) {
                float[] values = tensors.get(plan.lstms().size() + i, name).toFloats();
                MemorySegment.copy(values, 0, head, ValueLayout.JAVA_FLOAT, at, values.length);
                at += 4L * values.length;
            }
        }
        return head;
    }
}
