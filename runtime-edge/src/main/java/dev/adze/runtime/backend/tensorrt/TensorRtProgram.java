package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.backend.cuda.GpuDevice;
import dev.adze.runtime.backend.cuda.GpuProgram;
import dev.adze.runtime.backend.cuda.GpuResources;
import dev.adze.runtime.model.RecurrentNetwork;

/** A network's engines on the GPU. Its monitor guards every call to TensorRT too. */
final class TensorRtProgram extends GpuProgram<TensorRtRunner> {
    private final GpuDevice device;
    private final RecurrentNetwork network;
    private final EngineStore.Loaded cell;
    private final EngineStore.Loaded window;
    private final int windowSteps;

    private TensorRtProgram(GpuDevice device, RecurrentNetwork network, EngineStore.Loaded cell, EngineStore.Loaded window,
            int windowSteps) {
        super(device);
        this.device = device;
        this.network = network;
        this.cell = cell;
        this.window = window;
        this.windowSteps = windowSteps;
    }

    /** Opens, and where need be builds, the engines of a candidate. */
    static TensorRtProgram open(GpuDevice device, RecurrentNetwork network, EngineStore engines, Candidate candidate) {
        device.enter();
        EngineStore.Loaded cell = engines.open(EngineForm.CELL, 1, candidate.precision());
        try {
            EngineStore.Loaded window = candidate.window().isEmpty() ? null
                    : engines.open(candidate.window().get(), candidate.steps(), candidate.precision());
            return new TensorRtProgram(device, network, cell, window, candidate.steps());
        } catch (RuntimeException | Error e) {
            cell.engine().close();
            throw e;
        }
    }

    @Override
    protected void makeCurrent() {
        device.enter();
    }

    @Override
    protected TensorRtRunner createRunner(GpuResources own) {
        long stream = own.stream();
        var cellCall = new EngineCall(device, cell, own, stream);
        var windowCall = window == null ? null : new EngineCall(device, window, own, stream);
        return new TensorRtRunner(this, cellCall, windowCall, windowSteps, network);
    }

    @Override
    protected void release() {
        if (window != null) {
            window.engine().close();
        }
        cell.engine().close();
    }
}
