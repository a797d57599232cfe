package dev.adze.agent.cli;

import dev.adze.agent.alarm.AlarmChange;
import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.mqtt.MqttReport;
import dev.adze.agent.report.JsonLinesReport;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.report.RunReport;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.Profile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All ways that a profile names for the reports of a run to go. */
final class RunReports implements DecisionSink, AutoCloseable {
    private final List<RunReport> all;
    private final RunReport[] each;
    private final Optional<MqttReport> mqtt;

    private RunReports(List<RunReport> all, Optional<MqttReport> mqtt) {
        this.all = List.copyOf(all);
        this.each = all.toArray(RunReport[]::new);
        this.mqtt = mqtt;
    }

    static RunReports open(Profile profile, Optional<Path> linesFile, RunInfo run, MonotonicClock clock) {
        List<RunReport> all = new ArrayList<>();
        linesFile.ifPresent(file -> all.add(new JsonLinesReport(file, profile.reporting().jsonlBounds(), run, clock::nanoTime)));
        Optional<MqttReport> mqtt = profile.reporting().mqtt()
                .map(options -> MqttReport.open(options, profile.reporting().forward().orElseThrow(), run,
                        profile.alarms().stream().map(Profile.Alarm::name).toList()));
        mqtt.ifPresent(all::add);
        return new RunReports(all, mqtt);
    }

    List<RunReport> all() {
        return all;
    }

    void started(long epochMillis) {
        all.forEach(report -> report.started(epochMillis));
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        for (RunReport report : each) {
            report.decided(decision, readings);
        }
    }

    void alarm(AlarmChange change) {
        all.forEach(r -> r.alarm(change.alarm(), change.raised(), change.output(), change.value(), change.epochMillis()));
    }

    void drift(DriftReport drift) {
        all.forEach(report -> report.drift(drift));
    }

    /** For alarms whose profile names a topic: it names a broker then. */
    void publish(String topic, String json) {
        mqtt.ifPresent(m -> m.publish(topic, json));
    }

    /** Closed twice, by the last report of a run and here, if something goes wrong before. */
    @Override
    public void close() {
        all.forEach(RunReport::close);
    }
}
