package dev.adze.agent.mqtt;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.forward.Backoff;
import dev.adze.agent.forward.ForwardLog;
import dev.adze.agent.forward.ForwardWriter;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.report.ReportText;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.report.RunReport;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.state.DiskFiles;
import dev.adze.agent.text.DecimalText;
import dev.adze.profiles.ForwardOptions;
import dev.adze.profiles.MqttOptions;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reports of a run for an MQTT broker. A decision costs the loop the making of its text; a second thread puts it into
 * the forward log, a third publishes from there.
 */
public final class MqttReport implements RunReport {
    private static final String JSON_FOLDER = "mqtt";
    private static final String SPARKPLUG_FOLDER = "sparkplug";
    private static final long LEAST_PAUSE_MILLIS = 1_000;
    private static final long MOST_PAUSE_MILLIS = 60_000;
    private static final long ACKNOWLEDGE_MILLIS = 30_000;

    private final ReportForm form;
    private final ForwardLog log;
    private final ForwardWriter writer;
    private final MqttSender sender;

    private MqttReport(ReportForm form, ForwardLog log, ForwardWriter writer, MqttSender sender) {
        this.form = form;
        this.log = log;
        this.writer = writer;
        this.sender = sender;
    }

    /**
     * Opens the log and begins to deliver what is in it. A broker that cannot be reached is no error.
     *
     * @param alarms names of those that there may be
     */
    public static MqttReport open(MqttOptions mqtt, ForwardOptions forward, RunInfo run, List<String> alarms) {
        // Each form in a log of its own: neither dialect understands the other's.
        Path folder = forward.folder().resolve(mqtt.sparkplug().isPresent() ? SPARKPLUG_FOLDER : JSON_FOLDER);
        var random = new SecureRandom();
        try {
            var files = new DiskFiles(folder);
            ForwardLog log = ForwardLog.open(files, forward.mostBytes(), random::nextLong);
            if (mqtt.tls()) {
                // What is wrong with the files is told now, not with every attempt.
                MqttTls.of(mqtt);
            }
            mqtt.passwordFile().ifPresent(MqttTls::password);
            var text = new ReportText(run, mqtt.inputs());
            var topics = new Topics(mqtt.topic(), log.identity(), text);
            ReportForm form = ReportForm.json(text);
            Dialect dialect = topics;
            if (mqtt.sparkplug().isPresent()) {
                String name = Long.toHexString(random.nextLong());
                var table = new MetricTable(name);
                form = new SparkplugForm(table, run, mqtt.inputs(), alarms);
                dialect = new SparkplugNode(mqtt.sparkplug().get().group(), mqtt.sparkplug().get().node(), name, table, log.identity(),
                        new BirthCounter(files), topics, System::currentTimeMillis, mqtt.sparkplug().get().primaryHost().map(PrimaryHost::new));
            }
            var writer = new ForwardWriter(log, forward.sync().toMillis(), folder.toString());
            var backoff = new Backoff(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS, random);
            var sender = new MqttSender(log, () -> new HiveMqttLink(mqtt), dialect, backoff,
                    new MqttSender.Limits(mqtt.inFlight(), ACKNOWLEDGE_MILLIS), mqtt.server().toString(), System.err);
            sender.start();
            return new MqttReport(form, log, writer, sender);
        } catch (IOException e) {
            throw new AdzeException(Kind.CANNOT_WRITE, "reports cannot wait in " + folder + " (" + e.getClass().getSimpleName()
                    + "); name another folder in reporting.forward.folder", e);
        }
    }

    @Override
    public void started(long epochMillis) {
        writer.offer(Topics.START, epochMillis, form.started(epochMillis));
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        writer.offer(Topics.DECISION, decision.epochMillis(), form.decision(decision, readings));
    }

    @Override
    public void alarm(String name, boolean raised, String output, double value, long epochMillis) {
        writer.offer(Topics.ALARM, epochMillis, form.alarm(name, raised, output, value, epochMillis));
    }

    @Override
    public void drift(DriftReport report) {
        writer.offer(Topics.DRIFT, report.epochMillis(), form.drift(report));
    }

    @Override
    public void latency(Snapshot status, long epochMillis, double seconds) {
        writer.offer(Topics.LATENCY, epochMillis, form.latency(status, epochMillis, seconds, lost()));
    }

    @Override
    public void stopped(Snapshot status, long epochMillis, double seconds, String reason) {
        writer.offer(Topics.STOP, epochMillis, form.stopped(status, epochMillis, seconds, lost(), reason));
    }

    private Map<String, Long> lost() {
        ForwardLog.Status status = log.status();
        var lost = new LinkedHashMap<String, Long>();
        lost.put("waitingReports", status.last() - status.acknowledged());
        lost.put("evictedReports", status.evicted());
        lost.put("unstoredReports", status.unstored());
        return lost;
    }

    /** A message of an alarm to a topic of its own; returns at once. */
    public void publish(String topic, String json) {
        writer.offer(Topics.ACTION, System.currentTimeMillis(), new DecimalText().append(topic).append("\n").append(json));
    }

    @Override
    public void close() {
        try {
            writer.close();
            sender.close();
            log.save();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("adze-agent: warning: some reports will be delivered twice, as the log cannot be written: " + e.getMessage());
        }
    }
}
