package dev.adze.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Reads memory front to back and does next to nothing with it: the least time in which any kernel can see its weights. */
final class ReadLimit {
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int BYTES = VectorWidth.LANES * Integer.BYTES;

    private ReadLimit() {}

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
