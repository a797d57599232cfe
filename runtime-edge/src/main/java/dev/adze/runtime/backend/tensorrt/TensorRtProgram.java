package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.cuda.GpuDevice;
import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.ref.Cleaner;
import java.util.HashSet;
import java.util.Set;

/** A network's engines on the GPU and the runners that use them. Its monitor guards every call to TensorRT and the driver. */
final class TensorRtProgram {
    private static final Cleaner CLEANER = Cleaner.create();

    private final GpuDevice device;
    private final RecurrentNetwork network;
    private final EngineStore.Loaded cell;
    private final EngineStore.Loaded window;
    private final int windowSteps;
    private final Set<GpuResources> runners = new HashSet<>();
    private boolean closed;

    private TensorRtProgram(GpuDevice device, RecurrentNetwork network, EngineStore.Loaded cell, EngineStore.Loaded window,
            int windowSteps) {
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

    /** To be called under the monitor before the GPU is. */
    void enter() {
        if (closed) {
            throw new IllegalStateException("the network was closed");
        }
        device.enter();
    }

    synchronized TensorRtRunner newRunner() {
        enter();
        var own = new GpuResources();
        try {
            long stream = own.stream(device);
            var cellCall = new EngineCall(device, cell, own, stream);
            var windowCall = window == null ? null : new EngineCall(device, window, own, stream);
            var runner = new TensorRtRunner(this, cellCall, windowCall, windowSteps, network);
            runners.add(own);
            CLEANER.register(runner, () -> releaseRunner(own));
            return runner;
        } catch (RuntimeException | Error e) {
            own.release();
            throw e;
        }
    }

    private synchronized void releaseRunner(GpuResources own) {
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
            runners.forEach(GpuResources::release);
            if (window != null) {
                window.engine().close();
            }
            cell.engine().close();
        }
    }
}
