package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A network's kernel and weights on the GPU, and the runners that use them. Its monitor guards every call to the driver. */
final class CudaProgram {
    private static final Cleaner CLEANER = Cleaner.create();

    final CudaDriver driver;
    final CudaPlan plan;
    final long context;
    final long kernel;
    final long matrices;
    final long constants;
    final long head;
    private final CudaResources resources;
    private final Set<CudaResources> runners = new HashSet<>();
    private boolean closed;

    private CudaProgram(CudaDriver driver, CudaPlan plan, long context, CudaResources resources, MemorySegment image,
            CudaWeights weights) {
        this.driver = driver;
        this.plan = plan;
        this.context = context;
        this.resources = resources;
        long module = driver.loadModule(image);
        resources.add(() -> driver.unloadModule(module));
        kernel = driver.function(module, "adze_lstm");
        driver.setSharedBytes(kernel, plan.sharedBytes());
        matrices = upload(weights.matrices());
        constants = upload(weights.constants());
        head = upload(weights.head());
    }

    private long upload(MemorySegment source) {
        long address = resources.device(driver, source.byteSize());
        driver.copyToDevice(address, source);
        return address;
    }

    static CudaProgram load(CudaEngine engine, NetworkTensors tensors) {
        CudaDriver driver = engine.driver();
        CudaPlan plan = CudaPlan.of(tensors.network(), tensors.precision(), engine.gpu());
        byte[] image = engine.nvrtc().compile(CudaEngine.source(), Map.of("adze_sizes.h", plan.header()),
                engine.gpu().capability()).image();
        var resources = new CudaResources();
        try (Arena arena = Arena.ofConfined()) {
            long context = driver.retainContext(engine.device());
            resources.add(() -> driver.releaseContext(engine.device()));
            driver.setCurrent(context);
            MemorySegment code = arena.allocate(image.length, 16);
            MemorySegment.copy(image, 0, code, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, image.length);
            return new CudaProgram(driver, plan, context, resources, code, CudaWeights.pack(plan, tensors, arena));
        } catch (RuntimeException | Error e) {
            resources.release();
            throw e;
        }
    }

    /** To be called under the monitor before the driver is. */
    void enter() {
        if (closed) {
            throw new IllegalStateException("the network was closed");
        }
        driver.setCurrent(context);
    }

    synchronized CudaRunner newRunner() {
        enter();
        var own = new CudaResources();
        try {
            var runner = new CudaRunner(this, own);
            runners.add(own);
            CLEANER.register(runner, () -> releaseRunner(own));
            return runner;
        } catch (RuntimeException | Error e) {
            own.release();
            throw e;
        }
    }

    private synchronized void releaseRunner(CudaResources own) {
        if (!closed) {
            runners.remove(own);
            enter();
            own.release();
        }
    }

    synchronized void close() {
        if (!closed) {
            try {
                enter();
            } catch (AdzeException e) {
                // The GPU is gone. What follows will be refused too, and let go by the driver.
            }
            closed = true;
            runners.forEach(CudaResources::release);
            resources.release();
        }
    }
}
