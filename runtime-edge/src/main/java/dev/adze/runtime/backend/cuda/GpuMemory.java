package dev.adze.runtime.backend.cuda;

import java.lang.foreign.MemorySegment;

/** What a GPU lends and wants back, in the context that is current. A call that fails throws AdzeException UNAVAILABLE. */
public interface GpuMemory {
    long allocate(long bytes);

    void free(long address);

    /** Page-locked memory that the GPU can reach. */
    MemorySegment allocateHost(long bytes);

    void freeHost(MemorySegment memory);

    long newStream();

    void destroyStream(long stream);
}
