package dev.adze.runtime.backend;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.StepRunner;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The reference kernel under another name, with costs on a clock of the test's own and faults to order. */
final class FakeBackend implements Backend {
    final AtomicLong clock;
    final String name;
    long costNanos = 1_000;
    float bias;
    String obstacle;
    String identity = "1";
    boolean failsToCompile;
    /** Step, counted over all runners, from which on it breaks. */
    long breaksAt = Long.MAX_VALUE;
    /** Breaks by giving NaN instead of throwing. */
    boolean quietly;
    int compiled;
    int closed;
    long steps;

    FakeBackend(String name, AtomicLong clock) {
        this.name = name;
        this.clock = clock;
    }

    FakeBackend costs(long nanos) {
        costNanos = nanos;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> obstacle(ModelSource model) {
        return Optional.ofNullable(obstacle);
    }

    @Override
    public String identity(ModelSource model) {
        return identity;
    }

    @Override
    public CompiledNetwork compile(ModelSource model) {
        compiled++;
        if (failsToCompile) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the driver is gone");
        }
        CompiledNetwork own = CompiledNetwork.compile(model.bundle().weights(), KernelChoice.scalar());
        return CompiledNetwork.hosted(own.network(), own.precision(), () -> name, "asked for", () -> new Runner(own.newRunner()),
                () -> {
                    closed++;
                    own.close();
                });
    }

    private final class Runner implements StepRunner {
        private final StepRunner runner;

        Runner(StepRunner runner) {
            this.runner = runner;
        }

        private boolean broken() {
            clock.addAndGet(costNanos);
            if (++steps > breaksAt && !quietly) {
                throw new IllegalStateException("lost in flight");
            }
            return steps > breaksAt;
        }

        @Override
        public void step(float[] features, int offset, float[] output) {
            boolean broken = broken();
            runner.step(features, offset, output);
            for (int i = 0; i < output.length; i++) {
                output[i] = broken ? Float.NaN : output[i] + bias;
            }
        }

        @Override
        public void advance(float[] features, int offset) {
            broken();
            runner.advance(features, offset);
        }

        @Override
        public void reset() {
            runner.reset();
        }

        @Override
        public void copyStateTo(float[] state) {
            runner.copyStateTo(state);
        }

        @Override
        public void copyStateFrom(float[] state) {
            runner.copyStateFrom(state);
        }
    }
}
