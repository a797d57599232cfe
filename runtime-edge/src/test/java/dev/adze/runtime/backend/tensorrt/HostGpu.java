package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.cuda.GpuDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A GPU that is host memory. What goes into a stream happens at once, or is recorded. */
final class HostGpu implements GpuDevice {
    String driver = "12.6";
    int capability = 87;
    boolean captures = true;
    /** Bytes that can still be allocated; -1 for any number. */
    long memory = -1;
    /** Calls into a stream until the GPU is lost; -1 for never. */
    long loseAfter = -1;
    long graphLaunches;

    private final Map<Long, Arena> blocks = new HashMap<>();
    private final Map<Long, List<Runnable>> graphs = new HashMap<>();
    private List<Runnable> recording;
    private long handles;
    private int streams;
    private boolean entered;

    /** Blocks, streams and graphs not given back. */
    int live() {
        return blocks.size() + graphs.size() + streams;
    }

    private static AdzeException failed(String what) {
        return new AdzeException(AdzeException.Kind.UNAVAILABLE, "the CUDA driver's " + what);
    }

    void submit(Runnable work) {
        if (!entered) {
            throw new IllegalStateException("no context is current");
        }
        if (recording != null) {
            recording.add(work);
            return;
        }
        if (loseAfter == 0) {
            throw failed("cuStreamSynchronize failed with CUDA_ERROR_LAUNCH_FAILED");
        }
        loseAfter = Math.max(-1, loseAfter - (loseAfter > 0 ? 1 : 0));
        work.run();
    }

    static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public String name() {
        return "Host GPU";
    }

    @Override
    public int capability() {
        return capability;
    }

    @Override
    public String driver() {
        return driver;
    }

    @Override
    public int cudaMajor() {
        return Integer.parseInt(driver.substring(0, 2));
    }

    @Override
    public void enter() {
        entered = true;
    }

    @Override
    public long allocate(long bytes) {
        if (memory >= 0) {
            if (bytes > memory) {
                throw failed("cuMemAlloc of " + bytes + " bytes failed with CUDA_ERROR_OUT_OF_MEMORY");
            }
            memory -= bytes;
        }
        Arena arena = Arena.ofShared();
        MemorySegment block = arena.allocate(bytes, 256);
        block.fill((byte) 0x7f); // what nobody wrote is a number that shows
        blocks.put(block.address(), arena);
        return block.address();
    }

    @Override
    public void free(long address) {
        blocks.remove(address).close();
    }

    @Override
    public MemorySegment allocateHost(long bytes) {
        return at(allocate(bytes), bytes);
    }

    @Override
    public void freeHost(MemorySegment segment) {
        free(segment.address());
    }

    @Override
    public void toDevice(long address, MemorySegment pinned, long bytes, long stream) {
        submit(() -> at(address, bytes).copyFrom(pinned.asSlice(0, bytes)));
    }

    @Override
    public void toHost(MemorySegment pinned, long address, long bytes, long stream) {
        submit(() -> pinned.copyFrom(at(address, bytes)));
    }

    @Override
    public void copy(long to, long from, long bytes, long stream) {
        submit(() -> at(to, bytes).copyFrom(at(from, bytes)));
    }

    @Override
    public long newStream() {
        streams++;
        return ++handles;
    }

    @Override
    public void destroyStream(long stream) {
        streams--;
    }

    @Override
    public void synchronize(long stream) {}

    @Override
    public long capture(long stream, Runnable work) {
        if (!captures) {
            throw failed("cuStreamEndCapture failed with CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");
        }
        recording = new ArrayList<>();
        work.run();
        graphs.put(++handles, recording);
        recording = null;
        return handles;
    }

    @Override
    public void launchGraph(long graph, long stream) {
        graphLaunches++;
        graphs.get(graph).forEach(this::submit);
    }

    @Override
    public void destroyGraph(long graph) {
        graphs.remove(graph);
    }
}
