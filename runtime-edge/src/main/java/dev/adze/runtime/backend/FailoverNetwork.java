package dev.adze.runtime.backend;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.session.RecurrentState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A network on the first of several engines that works. When one breaks during a step, the next takes the state that the
 * last good step left and repeats the step, so that no decision is lost.
 */
final class FailoverNetwork {
    private final ModelSource model;
    private final List<Backend> backends;
    private final Consumer<String> notes;
    private final List<CompiledNetwork> opened = new ArrayList<>();
    private final boolean causal;
    private int current = -1;
    private boolean closed;

    private FailoverNetwork(ModelSource model, List<Backend> backends, Consumer<String> notes) {
        this.model = model;
        this.backends = backends;
        this.notes = notes;
        causal = model.bundle().manifest().network().causal();
    }

    /**
     * @param backends in order of preference, at least one
     * @param notes    is told one line when an engine is replaced
     * @throws AdzeException what the last engine threw, if none opens
     */
    static CompiledNetwork compile(ModelSource model, List<Backend> backends, String reason, Consumer<String> notes) {
        var network = new FailoverNetwork(model, List.copyOf(backends), notes);
        network.next(-1, "");
        var manifest = model.bundle().manifest();
        return CompiledNetwork.hosted(manifest.network(), manifest.precision(), network::name, reason, network::newFailover,
                network::close);
    }

    private synchronized String name() {
        return backends.get(current).name();
    }

    /** Leaves engine {@code broken}, unless another runner did so already, for the next that opens. */
    private synchronized void next(int broken, String reason) {
        if (closed) {
            throw new IllegalStateException("the network was closed");
        }
        if (current != broken) {
            return;
        }
        RuntimeException last = null;
        for (int candidate = broken + 1; candidate < backends.size(); candidate++) {
            try {
                opened.add(backends.get(candidate).compile(model));
                current = candidate;
                if (broken >= 0) {
                    notes.accept(backends.get(broken).name() + " broke (" + reason + "); " + backends.get(candidate).name()
                            + " took over");
                }
                return;
            } catch (RuntimeException | LinkageError e) {
                notes.accept(backends.get(candidate).name() + " does not open (" + BackendTrial.reason(e) + ")");
                last = e instanceof RuntimeException known ? known
                        : new AdzeException(AdzeException.Kind.UNAVAILABLE, BackendTrial.reason(e), e);
            }
        }
        throw last != null ? last : new AdzeException(AdzeException.Kind.UNAVAILABLE, backends.get(broken).name()
                + " broke (" + reason + ") and no engine is left; start again");
    }

    private synchronized int currentIndex() {
        return current;
    }

    private synchronized StepRunner newRunner() {
        return opened.getLast().newRunner();
    }

    private StepRunner newFailover() {
        return new Runner();
    }

    private synchronized void close() {
        closed = true;
        opened.forEach(CompiledNetwork::close);
    }

    private final class Runner implements StepRunner {
        private final float[] state = new float[RecurrentState.size(model.bundle().manifest().network())];
        private final float[] result = new float[model.bundle().manifest().network().outputSize()];
        private int engine = -1;
        private StepRunner runner;

        Runner() {
            renew();
        }

        @Override
        public void step(float[] features, int offset, float[] output) {
            untilItWorks(() -> {
                runner.step(features, offset, result);
                requireFinite();
                keepState();
            });
            System.arraycopy(result, 0, output, 0, result.length);
        }

        @Override
        public void advance(float[] features, int offset) {
            untilItWorks(() -> {
                runner.advance(features, offset);
                keepState();
            });
        }

        @Override
        public void window(float[] ring, int inputSize, int capacity, int first, int steps, float[] output) {
            untilItWorks(() -> {
                runner.window(ring, inputSize, capacity, first, steps, result);
                requireFinite();
                keepState();
            });
            System.arraycopy(result, 0, output, 0, result.length);
        }

        @Override
        public void reset() {
            Arrays.fill(state, 0);
            untilItWorks(() -> runner.reset());
        }

        @Override
        public void copyStateTo(float[] target) {
            if (keepsState()) {
                System.arraycopy(state, 0, target, 0, state.length);
            } else {
                runner.copyStateTo(target);
            }
        }

        @Override
        public void copyStateFrom(float[] source) {
            System.arraycopy(source, 0, state, 0, state.length);
            untilItWorks(() -> runner.copyStateFrom(state));
        }

        /** The work is repeated from the state that the last good step left. */
        private void untilItWorks(Runnable work) {
            while (true) {
                try {
                    work.run();
                    return;
                } catch (RuntimeException | LinkageError e) {
                    next(engine, BackendTrial.reason(e)); // throws when none is left
                    renew();
                }
            }
        }

        /** A runner of the current engine, or of the next that gives one, in the kept state. */
        private void renew() {
            while (true) {
                engine = currentIndex();
                try {
                    runner = newRunner();
                    if (causal) {
                        runner.copyStateFrom(state);
                    }
                    return;
                } catch (RuntimeException | LinkageError e) {
                    next(engine, BackendTrial.reason(e));
                }
            }
        }

        private void requireFinite() {
            for (float value : result) {
                if (!Float.isFinite(value)) {
                    throw new ArithmeticException("the output is " + value);
                }
            }
        }

        /** After the last engine there is none to hand the state to, and networks of whole windows have none. */
        private boolean keepsState() {
            return causal && engine < backends.size() - 1;
        }

        private void keepState() {
            if (keepsState()) {
                runner.copyStateTo(state);
            }
        }
    }
}
