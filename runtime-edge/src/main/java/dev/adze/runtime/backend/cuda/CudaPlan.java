package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a network's units are spread over a GPU, and the compile-time constants of adze_lstm.cu that follow. A task is one
 * unit of one LSTM layer; a warp has {@code tasks} of them, the first {@code registerTasks} with weights in registers, the
 * next {@code sharedTasks} in shared memory, the rest in global memory.
 */
record CudaPlan(RecurrentNetwork network, Precision precision, int blocks, int warps, int tasks, int registerTasks,
        int sharedTasks) {
    static final int LANES = 32;
    /** Registers that a thread needs beside weights. */
    private static final int WORKING_REGISTERS = 88;
    private static final int MOST_REGISTERS = 255;
    private static final int MOST_WARPS = 16;
    /** Of shared memory, for one chunk of one task. */
    private static final int CHUNK_BYTES = 16 * LANES;
    /** Beyond, unrolled loops would take the compiler minutes. */
    private static final int MOST_CHUNKS = 512;

    /** Why a network cannot be run by this kernel, in one clause. */
    static Optional<String> obstacle(RecurrentNetwork network, Precision precision) {
        if (precision == Precision.INT4 || precision == Precision.MIXED) {
            return Optional.of("it takes fp32, fp16 and int8 weights, not " + precision.name().toLowerCase(Locale.ROOT));
        }
        List<Layer> layers = network.layers();
        int lstms = lstms(network).size();
        for (int i = 0; i < layers.size(); i++) {
            if (!(i < lstms ? layers.get(i) instanceof Lstm : layers.get(i) instanceof Dense)) {
                return Optional.of("it takes lstm layers with dense layers after them; layer " + i + " is "
                        + layers.get(i).kind());
            }
        }
        if (lstms == 0) {
            return Optional.of("the network has no lstm layer");
        }
        return mostChunks(network, precision) > MOST_CHUNKS
                ? Optional.of("a row of weights is longer than " + MOST_CHUNKS + " chunks") : Optional.empty();
    }

    /** @throws AdzeException UNAVAILABLE if not even the values of a step fit into shared memory */
    static CudaPlan of(RecurrentNetwork network, Precision precision, Gpu gpu) {
        int units = lstms(network).stream().mapToInt(Lstm::hiddenSize).sum();
        int blocks = gpu.cooperative() ? Math.min(gpu.processors(), Math.ceilDiv(units, 4)) : 1;
        CudaPlan best = null;
        for (int warps = 4; warps <= MOST_WARPS; warps++) {
            CudaPlan plan = of(network, precision, gpu, blocks, warps, Math.ceilDiv(units, blocks * warps));
            if (plan != null && (best == null || plan.keeps() > best.keeps()
                    || plan.keeps() == best.keeps() && plan.tasks < best.tasks)) {
                best = plan;
            }
        }
        if (best == null) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the values of a step do not fit into the "
                    + gpu.sharedBytes() + " bytes of shared memory that " + gpu.name() + " gives a block");
        }
        return best;
    }

    private static CudaPlan of(RecurrentNetwork network, Precision precision, Gpu gpu, int blocks, int warps, int tasks) {
        int chunks = mostChunks(network, precision);
        // A processor has four parts with a quarter of its registers and of a block's warps each, given out in eights.
        int aThread = Math.min(MOST_REGISTERS, gpu.registers() / (Math.ceilDiv(warps, 4) * 4 * LANES) / 8 * 8);
        int inRegisters = Math.clamp((aThread - WORKING_REGISTERS) / (4 * chunks), 0, tasks);
        var without = new CudaPlan(network, precision, blocks, warps, tasks, inRegisters, 0);
        int room = gpu.sharedBytes() - without.sharedBytes();
        int inShared = Math.min(tasks - inRegisters, room / (warps * chunks * CHUNK_BYTES));
        return room < 0 ? null : new CudaPlan(network, precision, blocks, warps, tasks, inRegisters, inShared);
    }

    /** Tasks a block keeps the weights of over all steps. */
    private int keeps() {
        return Math.min(warps * (registerTasks + sharedTasks), Math.ceilDiv(units(), blocks));
    }

    /** The LSTM layers before anything else. */
    List<Lstm> lstms() {
        return lstms(network);
    }

    private static List<Lstm> lstms(RecurrentNetwork network) {
        return network.layers().stream().takeWhile(Lstm.class::isInstance).map(Lstm.class::cast).toList();
    }

    List<Dense> head() {
        return network.layers().stream().skip(lstms().size()).map(Dense.class::cast).toList();
    }

    /** Of all LSTM layers. */
    int units() {
        return lstms().stream().mapToInt(Lstm::hiddenSize).sum();
    }

    int threads() {
        return warps * LANES;
    }

    /** Bits of a weight. */
    int bits() {
        return bits(precision);
    }

    private static int bits(Precision precision) {
        return switch (precision) {
            case FP32 -> 32;
            case FP16 -> 16;
            case INT8 -> 8;
            case INT4, MIXED -> throw new IllegalArgumentException(precision.toString());
        };
    }

    /** Chunks that a row of so many columns is padded to; a chunk has one 32-bit word for each lane. */
    int chunks(int columns) {
        return chunks(columns, precision);
    }

    private static int chunks(int columns, Precision precision) {
        return Math.ceilDiv(columns, LANES * 32 / bits(precision));
    }

    int mostChunks() {
        return mostChunks(network, precision);
    }

    private static int mostChunks(RecurrentNetwork network, Precision precision) {
        return lstms(network).stream()
                .mapToInt(l -> chunks(l.inputSize(), precision) + chunks(l.hiddenSize(), precision)).max().orElse(0);
    }

    /** Widest vector between dense layers. */
    private int headWidth() {
        return head().isEmpty() ? 0 : Math.max(lstms().getLast().hiddenSize(),
                head().stream().limit(head().size() - 1L).mapToInt(Dense::outputSize).max().orElse(0));
    }

    /** Shared memory of a block, as adze_lstm.cu lays it out. */
    int sharedBytes() {
        int chunkWords = precision == Precision.FP16 ? 2 * LANES : LANES;
        long words = (long) chunks(network.inputSize()) * chunkWords * (precision == Precision.INT8 ? 2 : 1);
        for (Lstm lstm : lstms()) {
            words += (long) chunks(lstm.hiddenSize()) * chunkWords;
        }
        words += (long) warps * tasks + 1 + 2L * headWidth();
        return Math.toIntExact(4 * Math.ceilDiv(words, 4L) * 4
                + (long) warps * sharedTasks * mostChunks() * CHUNK_BYTES);
    }

    /** adze_sizes.h. */
    String header() {
        return """
                #define ADZE_BITS %d
                #define ADZE_INPUT %d
                #define ADZE_LAYERS %d
                #define ADZE_UNITS(l) (%s)
                #define ADZE_HEAD_LAYERS %d
                #define ADZE_HEAD_OUT(d) (%s)
                #define ADZE_HEAD_ACTIVATION(d) (%s)
                #define ADZE_HEAD_WIDTH %d
                #define ADZE_BLOCKS %d
                #define ADZE_WARPS %d
                #define ADZE_TASKS %d
                #define ADZE_REGISTER_TASKS %d
                #define ADZE_SHARED_TASKS %d
                #define ADZE_SHARED_BYTES %d
                """.formatted(bits(), network.inputSize(), lstms().size(), choice("l", lstms().size(),
                        i -> lstms().get(i).hiddenSize()), head().size(), choice("d", head().size(),
                        i -> head().get(i).outputSize()), choice("d", head().size(),
                        i -> head().get(i).activation().ordinal()), headWidth(), blocks, warps, tasks, registerTasks,
                sharedTasks, sharedBytes());
    }

    /** {@code l == 0 ? 64 : l == 1 ? 32 : 0}. */
    private static String choice(String variable, int count, IntFunction<Integer> value) {
        return IntStream.range(0, count).mapToObj(i -> "(" + variable + ") == " + i + " ? " + value.apply(i) + " : ")
                .collect(Collectors.joining()) + "0";
    }

    /** One line for reports. */
    String describe() {
        return blocks + " blocks of " + warps + " warps, " + tasks + " units a warp: weights of " + registerTasks
                + " in registers, of " + sharedTasks + " in shared memory, of " + (tasks - registerTasks - sharedTasks)
                + " in global memory";
    }
}
