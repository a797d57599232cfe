package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.cuda.GpuDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** What must be given back to the GPU, in the opposite order. */
final class GpuResources {
    private final ArrayDeque<Runnable> releases = new ArrayDeque<>();

    void add(Runnable release) {
        releases.push(release);
    }

    long device(GpuDevice device, long bytes) {
        long address = device.allocate(bytes);
        add(() -> device.free(address));
        return address;
    }

    MemorySegment host(GpuDevice device, long bytes) {
        MemorySegment memory = device.allocateHost(bytes);
        add(() -> device.freeHost(memory));
        return memory;
    }

    long stream(GpuDevice device) {
        long stream = device.newStream();
        add(() -> device.destroyStream(stream));
        return stream;
    }

    /** Once; the context must be current. After a fault of the GPU the driver refuses, and has taken everything back itself. */
    void release() {
        while (!releases.isEmpty()) {
            try {
                releases.pop().run();
            } catch (AdzeException e) {
                // Nothing is left to do for this one; the others may still be there.
            }
        }
    }
}
