package dev.adze.agent.cli;

import dev.adze.agent.alarm.AlarmActions;
import dev.adze.agent.alarm.Alarms;
import dev.adze.agent.alarm.Switch;
import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.drift.DriftMonitor;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.record.DecisionRecorder;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.linux.LinuxDevices;
import dev.adze.agent.sensor.linux.OutputLine;
import dev.adze.profiles.Profile;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.drift.Baseline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** What becomes of a decision: it is reported, recorded, looked at by alarms and by the watch for drift, in this order. */
final class DecisionSinks implements DecisionSink, AutoCloseable {
    private final DecisionSink[] each;
    private final Optional<AlarmActions> actions;

    /**
     * @param baseline what the model was trained on, if its bundle tells
     * @param recorder null for none; neither it nor the reports are closed here
     */
    DecisionSinks(Profile profile, RunInfo run, Optional<Baseline> baseline, AgentStatus status, RunReports reports,
            DecisionRecorder recorder) {
        List<DecisionSink> sinks = new ArrayList<>(List.of(reports));
        if (recorder != null) {
            sinks.add(recorder);
        }
        actions = profile.alarms().isEmpty() ? Optional.empty()
                : Optional.of(new AlarmActions(profile.alarms(), System.err, outputs(), reports::publish));
        actions.ifPresent(a -> sinks.add(new Alarms(profile.alarms(), run.task(), change -> {
            reports.alarm(change);
            a.offer(change);
        })));
        baseline.ifPresent(b -> sinks.add(drift(profile, run, b, report -> {
            status.drift(report);
            reports.drift(report);
        })));
        each = sinks.toArray(DecisionSink[]::new);
    }

    private static DriftMonitor drift(Profile profile, RunInfo run, Baseline baseline, Consumer<DriftReport> to) {
        long steps = Math.max(1, Math.round(profile.drift().window().toNanos() * 1e-9 * run.rateHz()));
        return new DriftMonitor(baseline, run.channels().stream().map(ChannelInfo::name).toList(),
                run.task().outputs().stream().map(TaskSpec.OutputSpec::name).toList(), steps, profile.drift(), report -> {
            to.accept(report);
            report.drifted().forEach(f -> System.err.printf(Locale.ROOT,
                    "adze-agent: warning: %s has drifted from the training data: stability index %.3g, Kolmogorov-Smirnov distance %.3g%n",
                    f.name(), f.stabilityIndex(), f.kolmogorovSmirnov()));
        });
    }

    /** Pi4J is started when the first line is opened, as most alarms have none. */
    private static Switch.Opener outputs() {
        var devices = new AtomicReference<LinuxDevices>();
        return output -> {
            if (devices.get() == null) {
                devices.set(new LinuxDevices());
            }
            OutputLine line = devices.get().openOutput(output.chip(), output.line(), output.activeLow());
            return new Switch() {
                @Override
                public void set(boolean on) throws IOException {
                    line.set(on);
                }

                @Override
                public void close() {
                    line.close();
                }
            };
        };
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        for (DecisionSink sink : each) {
            sink.decided(decision, readings);
        }
    }

    /** Waits for actions that are under way, as {@link AlarmActions#close}. */
    @Override
    public void close() throws InterruptedException {
        if (actions.isPresent()) {
            actions.get().close();
        }
    }
}
