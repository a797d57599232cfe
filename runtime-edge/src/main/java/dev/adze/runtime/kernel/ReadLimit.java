package dev.adze.runtime.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads memory front to back and does next to nothing with it: the least time in which any kernel can see its weights
 * on this machine, on one thread. Needs the module jdk.incubator.vector.
 */
public final class ReadLimit {
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int BYTES = VectorWidth.LANES * Integer.BYTES;
    private static final int[] PREFETCH_BYTES = {0, 4096};

    private ReadLimit() {}

    /**
     * One way to read.
     *
     * @param name for example {@code native-avx2, prefetch 4096}
     * @param read gives some function of all that was read; up to 511 bytes at the end may be left out
     */
    public record Loop(String name, ToLongFunction<MemorySegment> read) {}

    /** The loops that run here. Which is the fastest depends on the size and the machine: measure them all. */
    public static List<Loop> loops() {
        List<Loop> loops = new ArrayList<>();
        loops.add(new Loop("vector-" + VectorWidth.BITS, ReadLimit::read));
        if (NativeLibrary.obstacle() == null) {
            String name = NativeKernel.usableTiers().getLast();
            int tier = NativeLibrary.handles().tiers().indexOf(name);
            for (int prefetch : PREFETCH_BYTES) {
                loops.add(new Loop("native-" + name + (prefetch == 0 ? "" : ", prefetch " + prefetch),
                        memory -> NativeCalls.read(tier, memory, prefetch)));
            }
        }
        return loops;
    }

    /** Memory with something in it, on pages as the fastest kernel has them for its weights. */
    public static MemorySegment memory(long bytes, Arena arena) {
        MemorySegment memory = NativeLibrary.obstacle() == null ? mapped(bytes, arena)
                : arena.allocate(bytes, PackedLayout.ALIGNMENT);
        return memory.fill((byte) 1);
    }

    private static MemorySegment mapped(long bytes, Arena arena) {
        MemorySegment mapped = NativeCalls.map(bytes);
        return mapped.address() == 0 ? arena.allocate(bytes, PackedLayout.ALIGNMENT)
                : mapped.reinterpret(bytes, arena, memory -> NativeCalls.unmap(memory, bytes));
    }

    /** Eight sums in flight, so that the addition's latency does not count. */
    static int read(MemorySegment memory) {
        IntVector a = IntVector.zero(I);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        IntVector e = a;
        IntVector f = a;
        IntVector g = a;
        IntVector h = a;
        int rounds = (int) (memory.byteSize() / (8 * BYTES));
        for (int i = 0; i < rounds; i++) {
            long p = (long) i * 8 * BYTES;
            a = a.add(IntVector.fromMemorySegment(I, memory, p, LE));
            b = b.add(IntVector.fromMemorySegment(I, memory, p + BYTES, LE));
            c = c.add(IntVector.fromMemorySegment(I, memory, p + 2 * BYTES, LE));
            d = d.add(IntVector.fromMemorySegment(I, memory, p + 3 * BYTES, LE));
            e = e.add(IntVector.fromMemorySegment(I, memory, p + 4 * BYTES, LE));
            f = f.add(IntVector.fromMemorySegment(I, memory, p + 5 * BYTES, LE));
            g = g.add(IntVector.fromMemorySegment(I, memory, p + 6 * BYTES, LE));
            h = h.add(IntVector.fromMemorySegment(I, memory, p + 7 * BYTES, LE));
        }
        return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).reduceLanes(VectorOperators.ADD);
    }
}
