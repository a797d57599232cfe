package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** What must be given back to the driver, in the opposite order. */
final class CudaResources {
    private final ArrayDeque<Runnable> releases = new ArrayDeque<>();

    void add(Runnable release) {
        releases.push(release);
    }

    long device(CudaDriver driver, long bytes) {
        long address = driver.allocate(bytes);
        add(() -> driver.free(address));
        return address;
    }

    MemorySegment host(CudaDriver driver, long bytes) {
        MemorySegment memory = driver.allocateHost(bytes);
        add(() -> driver.freeHost(memory));
        return memory;
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
