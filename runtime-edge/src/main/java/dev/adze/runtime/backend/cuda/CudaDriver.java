package dev.adze.runtime.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The CUDA driver (libcuda.so.1, cuda.h) by the C names that drivers of CUDA 11.4 to 13 export. Handles and device
 * addresses are longs. A call that fails throws {@link AdzeException} UNAVAILABLE with the driver's own name of the error.
 */
final class CudaDriver implements GpuMemory {
    /** CUdevice_attribute. */
    enum Attribute {
        REGISTERS_PER_BLOCK(12), MULTIPROCESSORS(16), CAN_MAP_HOST_MEMORY(19), COMPUTE_MAJOR(75), COMPUTE_MINOR(76),
        COOPERATIVE_LAUNCH(95), SHARED_BYTES_PER_BLOCK(97);

        private final int code;

        Attribute(int code) {
            this.code = code;
        }
    }

    static final int OUT_OF_MEMORY = 2;
    private static final int SCHEDULE_SPIN = 1;
    private static final int HOST_DEVICE_MAP = 2;
    private static final int STREAM_NON_BLOCKING = 1;
    private static final int CAPTURE_THREAD_LOCAL = 1;
    private static final int FUNCTION_SHARED_BYTES = 8;
    private static final int FUNCTION_LOCAL_BYTES = 3;

    private final NativeFunctions library;
    private final MethodHandle init;
    private final MethodHandle errorName;
    private final MethodHandle setCurrent;
    private final MethodHandle graphLaunch;
    private final MethodHandle synchronize;
    private final MethodHandle copyToDevice;
    private final MethodHandle launchCooperative;
    private final MethodHandle launch;

    CudaDriver(NativeFunctions library) {
        this.library = library;
        init = library.function("cuInit", JAVA_INT);
        errorName = library.function("cuGetErrorName", JAVA_INT, ADDRESS);
        setCurrent = library.function("cuCtxSetCurrent", JAVA_LONG);
        graphLaunch = library.function("cuGraphLaunch", JAVA_LONG, JAVA_LONG);
        synchronize = library.function("cuStreamSynchronize", JAVA_LONG);
        copyToDevice = library.function("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
        launchCooperative = library.function("cuLaunchCooperativeKernel", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
        launch = library.function("cuLaunchKernel", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
    }

    private interface Call {
        int run() throws Throwable;
    }

    private void check(String function, Call call) {
        int status;
        try {
            status = call.run();
        } catch (Throwable t) {
            throw NativeFunctions.unexpected(t);
        }
        if (status != 0) {
            throw failed(function, status);
        }
    }

    private AdzeException failed(String function, int status) {
        return new AdzeException(AdzeException.Kind.UNAVAILABLE, "the CUDA driver's " + function + " failed with "
                + errorName(status) + (status == OUT_OF_MEMORY ? "; free GPU memory or take another engine" : ""));
    }

    private String errorName(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ADDRESS);
            if ((int) errorName.invokeExact(status, name) == 0) {
                return name.get(ADDRESS, 0).reinterpret(200).getString(0);
            }
            return "error " + status;
        } catch (Throwable t) {
            throw NativeFunctions.unexpected(t);
        }
    }

    /** An int or a long that a function writes through its first parameter. */
    private interface Query {
        int run(MemorySegment result) throws Throwable;
    }

    private int queryInt(String function, Query query) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(JAVA_INT);
            check(function, () -> query.run(result));
            return result.get(JAVA_INT, 0);
        }
    }

    private long queryLong(String function, Query query) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(JAVA_LONG);
            check(function, () -> query.run(result));
            return result.get(JAVA_LONG, 0);
        }
    }

    // ---- device and context

    void init() {
        check("cuInit", () -> (int) init.invokeExact(0));
    }

    /** 12040 for CUDA 12.4. */
    int version() {
        var function = library.function("cuDriverGetVersion", ADDRESS);
        return queryInt("cuDriverGetVersion", r -> (int) function.invokeExact(r));
    }

    int deviceCount() {
        var function = library.function("cuDeviceGetCount", ADDRESS);
        return queryInt("cuDeviceGetCount", r -> (int) function.invokeExact(r));
    }

    int device(int ordinal) {
        var function = library.function("cuDeviceGet", ADDRESS, JAVA_INT);
        return queryInt("cuDeviceGet", r -> (int) function.invokeExact(r, ordinal));
    }

    String deviceName(int device) {
        var function = library.function("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(256);
            check("cuDeviceGetName", () -> (int) function.invokeExact(name, 256, device));
            return name.getString(0);
        }
    }

    int attribute(Attribute attribute, int device) {
        var function = library.function("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
        return queryInt("cuDeviceGetAttribute", r -> (int) function.invokeExact(r, attribute.code, device));
    }

    /** The primary context; its threads wait spinning, unless someone in this process chose otherwise before. */
    long retainContext(int device) {
        var flags = library.function("cuDevicePrimaryCtxSetFlags_v2", JAVA_INT, JAVA_INT);
        var retain = library.function("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
        try {
            int ignored = (int) flags.invokeExact(device, SCHEDULE_SPIN); // an active context keeps its flags
        } catch (Throwable t) {
            throw NativeFunctions.unexpected(t);
        }
        return queryLong("cuDevicePrimaryCtxRetain", r -> (int) retain.invokeExact(r, device));
    }

    void releaseContext(int device) {
        var function = library.function("cuDevicePrimaryCtxRelease_v2", JAVA_INT);
        check("cuDevicePrimaryCtxRelease", () -> (int) function.invokeExact(device));
    }

    /** For the calling thread; every other call below needs it. */
    void setCurrent(long context) {
        check("cuCtxSetCurrent", () -> (int) setCurrent.invokeExact(context));
    }

    // ---- kernels

    /** @param image a cubin, or PTX with a zero byte at the end, which the driver compiles */
    long loadModule(MemorySegment image) {
        var function = library.function("cuModuleLoadData", ADDRESS, ADDRESS);
        return queryLong("cuModuleLoadData", r -> (int) function.invokeExact(r, image));
    }

    void unloadModule(long module) {
        var function = library.function("cuModuleUnload", JAVA_LONG);
        check("cuModuleUnload", () -> (int) function.invokeExact(module));
    }

    long function(long module, String name) {
        var function = library.function("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chars = arena.allocateFrom(name);
            return queryLong("cuModuleGetFunction", r -> (int) function.invokeExact(r, module, chars));
        }
    }

    void setSharedBytes(long kernel, int bytes) {
        var function = library.function("cuFuncSetAttribute", JAVA_LONG, JAVA_INT, JAVA_INT);
        check("cuFuncSetAttribute", () -> (int) function.invokeExact(kernel, FUNCTION_SHARED_BYTES, bytes));
    }

    /** Memory a thread needs beyond its registers. */
    int localBytes(long kernel) {
        var function = library.function("cuFuncGetAttribute", ADDRESS, JAVA_INT, JAVA_LONG);
        return queryInt("cuFuncGetAttribute", r -> (int) function.invokeExact(r, FUNCTION_LOCAL_BYTES, kernel));
    }

    /** @param parameters addresses of the arguments */
    void launch(long kernel, CudaPlan plan, long stream, MemorySegment parameters) {
        if (plan.blocks() > 1) {
            check("cuLaunchCooperativeKernel", () -> (int) launchCooperative.invokeExact(kernel, plan.blocks(), 1, 1,
                    plan.threads(), 1, 1, plan.sharedBytes(), stream, parameters));
        } else { // nobody to meet: a device without cooperative launches can do this too
            check("cuLaunchKernel", () -> (int) launch.invokeExact(kernel, 1, 1, 1, plan.threads(), 1, 1,
                    plan.sharedBytes(), stream, parameters, MemorySegment.NULL));
        }
    }

    // ---- memory

    @Override
    public long allocate(long bytes) {
        var function = library.function("cuMemAlloc_v2", ADDRESS, JAVA_LONG);
        return queryLong("cuMemAlloc of " + bytes + " bytes", r -> (int) function.invokeExact(r, bytes));
    }

    @Override
    public void free(long address) {
        var function = library.function("cuMemFree_v2", JAVA_LONG);
        check("cuMemFree", () -> (int) function.invokeExact(address));
    }

    void zero(long address, long bytes) {
        var function = library.function("cuMemsetD8_v2", JAVA_LONG, java.lang.foreign.ValueLayout.JAVA_BYTE, JAVA_LONG);
        check("cuMemsetD8", () -> (int) function.invokeExact(address, (byte) 0, bytes));
    }

    /** Waits until the copy is done. */
    void copyToDevice(long address, MemorySegment source) {
        var function = library.function("cuMemcpyHtoD_v2", JAVA_LONG, ADDRESS, JAVA_LONG);
        check("cuMemcpyHtoD", () -> (int) function.invokeExact(address, source, source.byteSize()));
    }

    void copyToDevice(long address, MemorySegment pinned, long bytes, long stream) {
        check("cuMemcpyHtoDAsync", () -> (int) copyToDevice.invokeExact(address, pinned, bytes, stream));
    }

    void copyToHost(MemorySegment pinned, long address, long bytes, long stream) {
        var function = library.function("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        check("cuMemcpyDtoHAsync", () -> (int) function.invokeExact(pinned, address, bytes, stream));
    }

    void copyOnDevice(long to, long from, long bytes, long stream) {
        var function = library.function("cuMemcpyDtoDAsync_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        check("cuMemcpyDtoDAsync", () -> (int) function.invokeExact(to, from, bytes, stream));
    }

    @Override
    public MemorySegment allocateHost(long bytes) {
        var function = library.function("cuMemHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT);
        long address = queryLong("cuMemHostAlloc of " + bytes + " bytes",
                r -> (int) function.invokeExact(r, bytes, HOST_DEVICE_MAP));
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public void freeHost(MemorySegment memory) {
        var function = library.function("cuMemFreeHost", ADDRESS);
        check("cuMemFreeHost", () -> (int) function.invokeExact(memory));
    }

    /** The address that the GPU knows page-locked memory by. */
    long deviceAddress(MemorySegment host) {
        var function = library.function("cuMemHostGetDevicePointer_v2", ADDRESS, ADDRESS, JAVA_INT);
        return queryLong("cuMemHostGetDevicePointer", r -> (int) function.invokeExact(r, host, 0));
    }

    // ---- streams and graphs

    @Override
    public long newStream() {
        var function = library.function("cuStreamCreate", ADDRESS, JAVA_INT);
        return queryLong("cuStreamCreate", r -> (int) function.invokeExact(r, STREAM_NON_BLOCKING));
    }

    @Override
    public void destroyStream(long stream) {
        var function = library.function("cuStreamDestroy_v2", JAVA_LONG);
        check("cuStreamDestroy", () -> (int) function.invokeExact(stream));
    }

    void synchronize(long stream) {
        check("cuStreamSynchronize", () -> (int) synchronize.invokeExact(stream));
    }

    /** What {@code work} puts into the stream, ready to be launched again and again. */
    long capture(long stream, Runnable work) {
        var begin = library.function("cuStreamBeginCapture_v2", JAVA_LONG, JAVA_INT);
        var end = library.function("cuStreamEndCapture", JAVA_LONG, ADDRESS);
        var instantiate = library.function("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG);
        var destroy = library.function("cuGraphDestroy", JAVA_LONG);
        check("cuStreamBeginCapture", () -> (int) begin.invokeExact(stream, CAPTURE_THREAD_LOCAL));
        long graph;
        try {
            work.run();
        } finally {
            graph = queryLong("cuStreamEndCapture", r -> (int) end.invokeExact(stream, r));
        }
        try {
            return queryLong("cuGraphInstantiateWithFlags", r -> (int) instantiate.invokeExact(r, graph, 0L));
        } finally {
            check("cuGraphDestroy", () -> (int) destroy.invokeExact(graph));
        }
    }

    void launchGraph(long executable, long stream) {
        check("cuGraphLaunch", () -> (int) graphLaunch.invokeExact(executable, stream));
    }

    void destroyGraph(long executable) {
        var function = library.function("cuGraphExecDestroy", JAVA_LONG);
        check("cuGraphExecDestroy", () -> (int) function.invokeExact(executable));
    }
}
