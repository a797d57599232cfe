package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.WeightBlocks;
import dev.adze.runtime.session.RecurrentState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Long runs of small networks, one a kind, with a hash of all outputs and the last state; what
 * src/test/native/hash_run.c does in C. All hashes of a kind are equal, on every processor and in every kernel.
 *
 * <pre>
 *   HashRun [steps]      prints every kernel's hashes
 * </pre>
 */
final class HashRun {
    /** A precision, or int8 with delta updates or block-sparse weights. */
    enum Kind {
        FP32(Precision.FP32, 32), FP16(Precision.FP16, 16), INT8(Precision.INT8, 8), INT4(Precision.INT4, 4),
        DELTA(Precision.INT8, 2), SPARSE(Precision.INT8, 1);

        final Precision precision;
        final long seed;

        Kind(Precision precision, long seed) {
            this.precision = precision;
            this.seed = seed;
        }

        RecurrentNetwork network() {
            int hold = this == DELTA ? 48 : 0;
            return new RecurrentNetwork(5, List.of(new Lstm(5, 24, hold), new Lstm(24, 19, hold),
                    new Dense(19, 2, Dense.Activation.IDENTITY)));
        }
    }

    private final Kind kind;
    private final RecurrentNetwork network;
    private final Precision precision;
    private long randomState;
    private long hash = 0xcbf29ce484222325L;

    private HashRun(Kind kind) {
        this.kind = kind;
        network = kind.network();
        precision = kind.precision;
        randomState = kind.seed;
    }

    public static void main(String[] args) {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        for (Kind kind : Kind.values()) {
            print(kind, KernelChoice.scalar(), steps);
            print(kind, KernelChoice.vector(), steps);
            KernelChoice.nativeTiers().forEach(tier -> print(kind, KernelChoice.nativeTier(tier), steps));
        }
    }

    private static void print(Kind kind, KernelChoice kernel, int steps) {
        System.out.printf(Locale.ROOT, "%s %-18s %016x%n", kind.name().toLowerCase(Locale.ROOT), kernel.name(), hash(kind, kernel, steps));
    }

    static long hash(Kind kind, KernelChoice kernel, int steps) {
        return new HashRun(kind).run(kernel, steps);
    }

    private long run(KernelChoice kernel, int steps) {
        var tensors = new LinkedHashMap<String, Tensor>();
        // In the order of hash_run.c: per layer the matrices, then their multipliers, then their scales, then the bias.
        for (int layer = 0; layer < 3; layer++) {
            List<String> matrices = layer < 2 ? List.of("weight_ih", "weight_hh") : List.of("weight");
            for (String matrix : matrices) {
                draw(tensors, layer, matrix);
            }
            List<String> companions = layer == 2 ? List.of() : switch (precision) {
                case FP32, FP16 -> List.of();
                case INT8 -> List.of(".scale");
                case INT4 -> List.of(".multiplier", ".scale");
                case MIXED -> throw new IllegalStateException();
            };
            for (String companion : companions) {
                for (String matrix : matrices) {
                    draw(tensors, layer, matrix + companion);
                }
            }
            draw(tensors, layer, "bias");
        }
        try (var compiled = CompiledNetwork.compile(new NetworkTensors(network, precision, tensors),
                kernel.with(Skipping.ALWAYS))) { // or nothing were left out of layers this small
            StepRunner runner = compiled.newRunner();
            float[] x = new float[5];
            float[] y = new float[2];
            for (int t = 0; t < steps; t++) {
                float range = (1L << Long.remainderUnsigned(next(), 8)) * 0.0625f;
                for (int k = 0; k < x.length; k++) {
                    x[k] = nextFloat(range);
                }
                runner.step(x, 0, y);
                add(y);
            }
            float[] state = new float[RecurrentState.size(network)];
            runner.copyStateTo(state);
            add(state);
        }
        return hash;
    }

    private void draw(LinkedHashMap<String, Tensor> tensors, int layer, String name) {
        String fullName = RecurrentNetwork.tensorName(layer, name);
        NetworkTensors.Slot slot = NetworkTensors.layout(network, precision).get(fullName);
        int count = slot.shape().stream().reduce(1, (a, b) -> a * b);
        tensors.put(fullName, switch (slot.type()) {
            case I8 -> {
                byte[] values = new byte[count];
                for (int i = 0; i < count; i++) {
                    values[i] = (byte) (precision == Precision.INT4 ? Long.remainderUnsigned(next(), 128)
                            : Long.remainderUnsigned(next(), 255) - 127);
                }
                if (kind == Kind.SPARSE) {
                    zeroBlocks(values, slot.shape().getLast(), slot.shape().getFirst() / 4);
                }
                yield Tensor.of(slot.shape(), values);
            }
            case U8 -> {
                int rows = slot.shape().getFirst();
                byte[] q = new byte[rows * (name.equals("weight_hh") ? rows / 4 : network.layers().get(layer).inputSize())];
                for (int i = 0; i < q.length; i++) {
                    q[i] = (byte) (Long.remainderUnsigned(next(), 15) - 7);
                }
                yield Tensor.unsigned(slot.shape(), Int4.pack(q, rows, q.length / rows));
            }
            case F16 -> {
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    long r = next(); // below 0.5 in magnitude, subnormals among them
                    values[i] = Float.float16ToFloat((short) ((r & 0x83ff) | (r >>> 16) % 14 << 10));
                }
                yield Tensor.half(slot.shape(), values);
            }
            case F32 -> {
                Supplier<Float> value = name.endsWith(".scale")
                        ? () -> (1 + Long.remainderUnsigned(next(), 16)) * (precision == Precision.INT4 ? 0x1p-15f : 0x1p-12f) : () -> nextFloat(0.5f);
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = value.get();
                }
                yield Tensor.of(slot.shape(), values);
            }
        });
    }

    /** Two of five blocks, as numbered by {@link WeightBlocks}. */
    private static void zeroBlocks(byte[] matrix, int columns, int hidden) {
        var blocks = new WeightBlocks(hidden, columns);
        for (int block = 0; block < blocks.count(); block++) {
            int row = blocks.firstRow(block / blocks.groups());
            int group = block % blocks.groups();
            for (int i = 0; block % 5 < 2 && i < blocks.rowsOf(block / blocks.groups()); i++) {
                int from = (row + i) * columns + group * WeightBlocks.COLUMNS;
                java.util.Arrays.fill(matrix, from, from + blocks.columnsOf(group), (byte) 0);
            }
        }
    }

    /** SplitMix64 (Steele, Lea, Flood 2014). */
    private long next() {
        long z = randomState += 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** In [-range, range), exact: 24 bits and a power of two. */
    private float nextFloat(float range) {
        return ((int) (next() >>> 40) - (1 << 23)) * 0x1p-23f * range;
    }

    /** FNV-1a over the bits of floats. */
    private void add(float[] values) {
        for (float value : values) {
            hash = (hash ^ Integer.toUnsignedLong(Float.floatToRawIntBits(value))) * 0x100000001b3L;
        }
    }
}
