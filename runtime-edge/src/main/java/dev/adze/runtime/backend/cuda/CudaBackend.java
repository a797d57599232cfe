package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.kernel.CompiledNetwork;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Our own fused LSTM kernel on an NVIDIA GPU. Needs the driver (CUDA 11.4 or newer) and NVRTC on the machine, nothing at
 * build time; the kernel is compiled for the network and the GPU at hand when a bundle is opened.
 */
public final class CudaBackend implements Backend {
    private final Supplier<CudaEngine> engine;

    /** With what this machine has. */
    public CudaBackend() {
        this(CudaEngine::here);
    }

    CudaBackend(Supplier<CudaEngine> engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Optional<String> obstacle(ModelSource model) {
        var manifest = model.bundle().manifest();
        return Optional.ofNullable(engine.get().obstacle())
                .or(() -> CudaPlan.obstacle(manifest.network(), manifest.precision()));
    }

    @Override
    public String identity(ModelSource model) {
        CudaEngine found = engine.get();
        return found.version() + ", " + found.gpu().name() + " sm_" + found.gpu().capability() + ", kernel "
                + ModelSource.sha256(CudaEngine.source().getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }

    @Override
    public CompiledNetwork compile(ModelSource model) {
        var manifest = model.bundle().manifest();
        var program = CudaProgram.load(engine.get(), model.bundle().weights());
        return CompiledNetwork.hosted(manifest.network(), manifest.precision(), this::name, "asked for", program::newRunner,
                program::close);
    }
}
