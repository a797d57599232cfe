package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import java.lang.ref.Cleaner;
import java.util.HashSet;
import java.util.Set;

/**
 * A network on the GPU and the runners that use it. Its monitor guards every call to the driver. What a runner holds on the
 * GPU is given back once nobody can reach the runner, at the latest with the program.
 *
 * @param <R> the runner of one session
 */
public abstract class GpuProgram<R> {
    private static final Cleaner CLEANER = Cleaner.create();

    private final GpuMemory gpu;
    private final Set<GpuResources> runners = new HashSet<>();
    private boolean closed;

    protected GpuProgram(GpuMemory gpu) {
        this.gpu = gpu;
    }

    /** Makes the GPU's context the calling thread's. */
    protected abstract void makeCurrent();

    /** Under the monitor, in the context. @param own what the runner takes of the GPU, released here also if this fails */
    protected abstract R createRunner(GpuResources own);

    /** Gives back what the program itself holds, in the context; the runners' is back already. */
    protected abstract void release();

    /** To be called under the monitor before the GPU is. */
    public final void enter() {
        if (closed) {
            throw new IllegalStateException("the network was closed");
        }
        makeCurrent();
    }

    public final synchronized R newRunner() {
        enter();
        var own = new GpuResources(gpu);
        try {
            R runner = createRunner(own);
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

    public final synchronized void close() {
        if (!closed) {
            try {
                enter();
            } catch (AdzeException e) {
                // The GPU is gone. What follows will be refused too, and let go by the driver.
            }
            closed = true;
            runners.forEach(GpuResources::release);
            release();
        }
    }
}
