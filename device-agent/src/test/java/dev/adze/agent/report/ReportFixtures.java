package dev.adze.agent.report;

import dev.adze.agent.TestBundles;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.ledger.LatencyLedger;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.Reading;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.List;

final class ReportFixtures {
    private ReportFixtures() {}

    static RunInfo run(TaskSpec.Kind kind) {
        return new RunInfo("0.1.0", "this-host", "load.adze", "load-student", "int8", "vector-256", 2,
                TestBundles.task(kind, TaskSpec.Mode.STREAM, 4, 500, 2),
                List.of(new ChannelInfo("cpu.busy", "%"), new ChannelInfo("odd\"name", "")), List.of("host:cpu.busy", "replay:a\\b#c"));
    }

    static Snapshot snapshot(LatencyLedger ledger, long decisions) {
        return new Snapshot(decisions, 3, 2, 1, 70, 5, 9, 1_795_247_102_499L, true, 1, new float[] {42.1875f, 7},
                List.of(new Reading.Ok(12.5), new Reading.Missing("no answer")), ledger.figures(), ledger.slowest(), ledger.states());
    }
}
