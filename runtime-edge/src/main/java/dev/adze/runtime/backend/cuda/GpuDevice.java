package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.MemorySegment;

/**
 * One GPU with its driver: what an engine beside our own kernel needs of it. Addresses, streams and graphs are the driver's
 * handles. Every method that fails throws {@link AdzeException} UNAVAILABLE with the driver's name of the error.
 */
public interface GpuDevice extends GpuMemory {
    /** The GPU that {@code -Dadze.cuda.device} names, by the driver of this machine. @throws AdzeException if there is none */
    static GpuDevice here() {
        return CudaDevice.here();
    }

    String name();

    /** 87 for compute capability 8.7. */
    int capability();

    /** The driver's version, which engines are bound to: {@code 12.4}. */
    String driver();

    /** Of the CUDA version that the driver serves: 12. */
    int cudaMajor();

    /** Makes the GPU's context the calling thread's; to be called before a call of anything below. */
    void enter();

    /** In the stream, as the next two. */
    void toDevice(long address, MemorySegment pinned, long bytes, long stream);

    void toHost(MemorySegment pinned, long address, long bytes, long stream);

    void copy(long to, long from, long bytes, long stream);

    /** Waits for all that is in the stream. */
    void synchronize(long stream);

    /** What {@code work} puts into the stream, not run but ready to be launched again and again. */
    long capture(long stream, Runnable work);

    void launchGraph(long graph, long stream);

    void destroyGraph(long graph);
}
