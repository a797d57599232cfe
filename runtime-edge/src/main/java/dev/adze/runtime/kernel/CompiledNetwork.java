package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A network ready to run on this machine. Immutable; one serves any number of sessions on any threads, which hold only
 * their own state. It owns the packed weights (about the size of the tensors it was made from, which it does not keep)
 * until {@link #close}.
 */
public final class CompiledNetwork implements AutoCloseable {
    private final RecurrentNetwork network;
    private final Precision precision;
    private final KernelChoice choice;
    private final Arena arena;
    private final StepProgram program;
    private volatile boolean closed;

    private CompiledNetwork(NetworkTensors tensors, KernelChoice choice, Threads threads) {
        this.network = tensors.network();
        this.precision = tensors.precision();
        this.choice = choice.serving(tensors);
        arena = Arena.ofShared();
        try {
            program = this.choice.kernel().compile(tensors, arena, threads);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private CompiledNetwork(RecurrentNetwork network, Precision precision, KernelChoice choice, StepProgram program) {
        this.network = network;
        this.precision = precision;
        this.choice = choice;
        this.program = program;
        arena = Arena.ofShared();
    }

    public static CompiledNetwork compile(NetworkTensors tensors) {
        return compile(tensors, KernelChoice.best());
    }

    public static CompiledNetwork compile(NetworkTensors tensors, KernelChoice choice) {
        return compile(tensors, choice, Threads.one());
    }

    /**
     * With more than one thread a step, where the kernel can ({@link #threads} tells) and nobody else's step of this
     * network is under way. The bits are the same.
     */
    public static CompiledNetwork compile(NetworkTensors tensors, KernelChoice choice, Threads threads) {
        return new CompiledNetwork(tensors, choice, threads);
    }

    /** In fp32, for example to judge a network while it is trained or compressed. */
    public static CompiledNetwork compile(Weights weights) {
        return compile(NetworkTensors.of(weights));
    }

    /**
     * A network that another engine runs, under the same guards.
     *
     * @param name    of the engine, for logs and reports; may change when another takes over
     * @param reason  why this engine, one clause
     * @param runners gives a new runner in zero state; its outputs need not have our bits, but should be near them
     * @param release called once by {@link #close}, when no step may be asked for any more
     */
    public static CompiledNetwork hosted(RecurrentNetwork network, Precision precision, Supplier<String> name, String reason,
            Supplier<StepRunner> runners, Runnable release) {
        return new CompiledNetwork(network, precision, KernelChoice.hosted(name, reason),
                new HostedProgram(runners, release));
    }

    public RecurrentNetwork network() {
        return network;
    }

    public Precision precision() {
        return precision;
    }

    /** The kernel that runs this network, and the reason for it. */
    public KernelChoice kernel() {
        return choice;
    }

    /** How many threads compute a step, and why. */
    public ThreadChoice threads() {
        return program.threads();
    }

    /** Network-level runner without any guard; {@link dev.adze.runtime.session.Session} adds the guards. */
    public StepRunner newRunner() {
        requireOpen();
        return program.newRunner();
    }

    public boolean isOpen() {
        return !closed;
    }

    /** @throws IllegalStateException after {@link #close} */
    public void requireOpen() {
        if (!isOpen()) {
            throw new IllegalStateException("the network was closed");
        }
    }

    /** Releases the weights. Sessions that still run get an {@link IllegalStateException} at their next step. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            program.close();
        }
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException e) {
                // A native call holds the memory; it is the last one of its session, which then sees that we are closed.
                LockSupport.parkNanos(10_000);
            }
        }
    }
}
