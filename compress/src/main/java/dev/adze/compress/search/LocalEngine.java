package dev.adze.compress.search;

import dev.adze.compress.pipeline.StopSignal;
import java.util.List;
import java.util.function.Consumer;

/** Trials one after the other in this process; LibTorch uses all cores for each. */
record LocalEngine(String version, StopSignal stop) implements TrialEngine {
    @Override
    public void run(List<TrialJob> jobs, Consumer<TrialJob.Outcome> done) {
        for (TrialJob job : jobs) {
            done.accept(TrialRunner.run(job, version, stop));
        }
    }

    @Override
    public String name() {
        return "this process";
    }

    @Override
    public void close() {}
}
