package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** A network's kernel and weights on the GPU. */
final class CudaProgram extends GpuProgram<CudaRunner> {
    final CudaDriver driver;
    final CudaPlan plan;
    final long context;
    final long kernel;
    final long matrices;
    final long constants;
    final long head;
    private final GpuResources resources;

    private CudaProgram(CudaDriver driver, CudaPlan plan, long context, GpuResources resources, MemorySegment image,
            CudaWeights weights) {
        super(driver);
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
        long address = resources.device(source.byteSize());
        driver.copyToDevice(address, source);
        return address;
    }

    static CudaProgram load(CudaEngine engine, NetworkTensors tensors) {
        CudaDriver driver = engine.driver();
        CudaPlan plan = CudaPlan.of(tensors.network(), tensors.precision(), engine.gpu());
        byte[] image = engine.nvrtc().compile(CudaEngine.source(), Map.of("adze_sizes.h", plan.header()),
                engine.gpu().capability()).image();
        var resources = new GpuResources(driver);
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

    @Override
    protected void makeCurrent() {
        driver.setCurrent(context);
    }

    @Override
    protected CudaRunner createRunner(GpuResources own) {
        return new CudaRunner(this, own);
    }

    @Override
    protected void release() {
        resources.release();
    }
}
