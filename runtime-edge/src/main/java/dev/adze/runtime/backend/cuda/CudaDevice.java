package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A GPU by the CUDA driver. Its context, once entered, is kept until the process ends: engines come and go. */
final class CudaDevice implements GpuDevice {
    /** Where to look beside the usual places: the file of libcuda.so.1. */
    private static final String DRIVER_PROPERTY = "adze.cuda.driver";
    /** Which GPU, counted from 0. */
    private static final String DEVICE_PROPERTY = "adze.cuda.device";
    /** CUDA 11.4: the first whose driver has all that is called. */
    private static final int OLDEST_DRIVER = 11_040;

    private final CudaDriver driver;
    private final int ordinal;
    private final int version;
    private final Gpu gpu;
    private long context;

    private CudaDevice(CudaDriver driver, int ordinal, int version) {
        this.driver = driver;
        this.ordinal = ordinal;
        this.version = version;
        gpu = Gpu.of(driver, ordinal);
    }

    static CudaDevice here() {
        return find(driverCandidates(), wantedOrdinal());
    }

    static int wantedOrdinal() {
        return Integer.getInteger(DEVICE_PROPERTY, 0);
    }

    static List<String> driverCandidates() {
        String named = System.getProperty(DRIVER_PROPERTY);
        return named != null ? List.of(named) : List.of("libcuda.so.1", "/usr/lib/aarch64-linux-gnu/tegra/libcuda.so.1",
                "/usr/lib/aarch64-linux-gnu/nvidia/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1");
    }

    /**
     * Looks for the driver, starts it and counts GPUs, in this order.
     *
     * @throws AdzeException UNAVAILABLE with what is missing, in one clause
     */
    static CudaDevice find(List<String> candidates, int number) {
        var library = NativeFunctions.open(candidates).orElseThrow(() ->
                missing("there is no CUDA driver (" + candidates.getFirst() + " is not found)"));
        var driver = new CudaDriver(library);
        driver.init();
        int version = driver.version();
        if (version < OLDEST_DRIVER) {
            throw missing("the CUDA driver is of version " + version(version) + " but " + version(OLDEST_DRIVER)
                    + " or newer is needed");
        }
        int count = driver.deviceCount();
        if (number >= count || number < 0) {
            throw missing(count == 0 ? "there is no GPU" : "there is no GPU " + number + " (-D" + DEVICE_PROPERTY
                    + "), only " + count);
        }
        return new CudaDevice(driver, driver.device(number), version);
    }

    private static AdzeException missing(String what) {
        return new AdzeException(AdzeException.Kind.UNAVAILABLE, what);
    }

    private static String version(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    CudaDriver calls() {
        return driver;
    }

    int ordinal() {
        return ordinal;
    }

    Gpu gpu() {
        return gpu;
    }

    @Override
    public String name() {
        return gpu.name();
    }

    @Override
    public int capability() {
        return gpu.capability();
    }

    @Override
    public String driver() {
        return version(version);
    }

    @Override
    public int cudaMajor() {
        return version / 1000;
    }

    @Override
    public synchronized void enter() {
        if (context == 0) {
            context = driver.retainContext(ordinal);
        }
        driver.setCurrent(context);
    }

    @Override
    public long allocate(long bytes) {
        return driver.allocate(bytes);
    }

    @Override
    public void free(long address) {
        driver.free(address);
    }

    @Override
    public MemorySegment allocateHost(long bytes) {
        return driver.allocateHost(bytes);
    }

    @Override
    public void freeHost(MemorySegment memory) {
        driver.freeHost(memory);
    }

    @Override
    public void toDevice(long address, MemorySegment pinned, long bytes, long stream) {
        driver.copyToDevice(address, pinned, bytes, stream);
    }

    @Override
    public void toHost(MemorySegment pinned, long address, long bytes, long stream) {
        driver.copyToHost(pinned, address, bytes, stream);
    }

    @Override
    public void copy(long to, long from, long bytes, long stream) {
        driver.copyOnDevice(to, from, bytes, stream);
    }

    @Override
    public long newStream() {
        return driver.newStream();
    }

    @Override
    public void destroyStream(long stream) {
        driver.destroyStream(stream);
    }

    @Override
    public void synchronize(long stream) {
        driver.synchronize(stream);
    }

    @Override
    public long capture(long stream, Runnable work) {
        return driver.capture(stream, work);
    }

    @Override
    public void launchGraph(long graph, long stream) {
        driver.launchGraph(graph, stream);
    }

    @Override
    public void destroyGraph(long graph) {
        driver.destroyGraph(graph);
    }
}
