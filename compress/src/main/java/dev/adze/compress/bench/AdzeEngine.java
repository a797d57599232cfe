package dev.adze.compress.bench;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.Threads;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.session.Session;

/** Our own runtime with one of its kernels, through the session that applications use. */
record AdzeEngine(String id, KernelChoice kernel, Precision precision) implements Engine {
    @Override
    public String name() {
        return "adze " + kernel.name();
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public int maxThreads() {
        return kernel.sharesSteps() ? Threads.MOST : 1;
    }

    @Override
    public Contender open(Workload workload, Mode mode, int threads) {
        CompiledNetwork network = CompiledNetwork.compile(workload.tensors(precision), kernel, Threads.exactly(threads));
        var session = new Session(network);
        int steps = workload.windowSteps();
        return new Contender() {
            @Override
            public void reset() {
                session.reset();
            }

            @Override
            public void call(float[] features, float[] output) {
                switch (mode) {
                    case STEP -> session.infer(features, output);
                    case WINDOW -> session.inferWindow(features, steps, output);
                }
            }

            @Override
            public void close() {
                session.close();
                network.close();
            }
        };
    }
}
