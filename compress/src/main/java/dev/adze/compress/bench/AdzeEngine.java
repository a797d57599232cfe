package dev.adze.compress.bench;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.Skipping;
import dev.adze.runtime.kernel.Threads;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.session.Session;

/** Our own runtime with one of its kernels, through the session that applications use. */
record AdzeEngine(String id, KernelChoice kernel, Precision precision, Skipping skipping) implements Engine {
    AdzeEngine(String id, KernelChoice kernel, Precision precision) {
        this(id, kernel, precision, Skipping.WHERE_IT_PAYS);
    }

    @Override
    public String name() {
        return "adze " + kernel.name() + (skipping == Skipping.NEVER ? ", nothing left out" : "");
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public int maxThreads() {
        return kernel.sharesSteps() && skipping != Skipping.NEVER ? Threads.MOST : 1;
    }

    @Override
    public Contender open(Workload workload, Mode mode, int threads) {
        CompiledNetwork network = CompiledNetwork.compile(workload.tensors(precision), kernel.with(skipping), Threads.exactly(threads));
        var session = new Session(network);
        int steps = workload.windowSteps();
        return new Contender() {
            private long calls;

            @Override
            public void reset() {
                session.reset();
                calls = 0;
            }

            @Override
            public void call(float[] features, float[] output) {
                calls++;
                switch (mode) {
                    case STEP -> session.infer(features, output);
                    case WINDOW -> session.inferWindow(features, steps, output);
                }
            }

            @Override
            public double leftOut() {
                long computed = switch (mode) {
                    case STEP -> calls;
                    case WINDOW -> steps; // each begins anew
                };
                return (double) session.skippedMultiplyAccumulates() / (computed * network.network().multiplyAccumulates());
            }

            @Override
            public void close() {
                session.close();
                network.close();
            }
        };
    }
}
