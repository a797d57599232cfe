package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** What must be given back to the GPU, in the opposite order. */
public final class GpuResources {
    private final GpuMemory gpu;
    private final ArrayDeque<Runnable> releases = new ArrayDeque<>();

    /** None yet. */
    public GpuResources(GpuMemory gpu) {
        this.gpu = gpu;
    }

    /** @param release must not hold on to the runner that uses the resource, or it is never given back */
    public void add(Runnable release) {
        releases.push(release);
    }

    public long device(long bytes) {
        long address = gpu.allocate(bytes);
        add(() -> gpu.free(address));
        return address;
    }

    public MemorySegment host(long bytes) {
        MemorySegment memory = gpu.allocateHost(bytes);
        add(() -> gpu.freeHost(memory));
        return memory;
    }

    public long stream() {
        long stream = gpu.newStream();
        add(() -> gpu.destroyStream(stream));
        return stream;
    }

    /** Once; the context must be current. After a fault of the GPU the driver refuses, and has taken everything back itself. */
    public void release() {
        while (!releases.isEmpty()) {
            try {
                releases.pop().run();
            } catch (AdzeException e) {
                // Nothing is left to do for this one; the others may still be there.
            }
        }
    }
}
