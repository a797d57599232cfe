package dev.adze.runtime.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The weights that meet hidden values, apart from those that meet inputs, as windows read them fastest (adze_window.h). Made at the
 * first window of a program, for all its runners; freed by the garbage collector.
 */
final class WindowWeights {
    /** Below, a layer's weights stay in a second-level cache wherever they lie; above, most of them in no case. */
    private static final long LEAST_BYTES = 256 << 10;
    private static final long MOST_BYTES = 2 << 20;

    private MemorySegment[] layers;

    /** A segment for every LSTM layer, null address where the layer is better read where it lies. */
    synchronized MemorySegment[] of(MemorySegment plan, int count) {
        if (layers == null) {
            MemorySegment[] made = new MemorySegment[count];
            for (int i = 0; i < count; i++) {
                long bytes = WindowCalls.weights(plan, i, MemorySegment.NULL);
                made[i] = bytes < LEAST_BYTES || bytes > MOST_BYTES ? MemorySegment.NULL : copy(plan, i, bytes);
            }
            layers = made;
        }
        return layers;
    }

    private static MemorySegment copy(MemorySegment plan, int layer, long bytes) {
        MemorySegment mapped = NativeCalls.map(bytes);
        if (mapped.address() == 0) {
            return MemorySegment.NULL;
        }
        MemorySegment copy = mapped.reinterpret(bytes, Arena.ofAuto(), memory -> NativeCalls.unmap(memory, bytes));
        WindowCalls.weights(plan, layer, copy);
        return copy;
    }
}
