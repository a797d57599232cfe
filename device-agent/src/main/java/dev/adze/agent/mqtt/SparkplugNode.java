package dev.adze.agent.mqtt;

import dev.adze.agent.forward.ForwardLog.Numbered;
import dev.adze.agent.mqtt.MetricTable.Known;
import dev.adze.agent.mqtt.MetricTable.Snapshot;
import dev.adze.agent.mqtt.SparkplugPayload.Change;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The agent as a Sparkplug B 3.0 edge node without devices (sparkplug.eclipse.org): a birth with all metrics and their values,
 * data by exception, a death as the will. Sparkplug has data go with QoS 0; the log's reports are taken for delivered only when the
 * broker has answered something that was asked behind them, so that none is lost with a connection. Reports from before the newest
 * birth are historical. A report with a metric that the birth did not name is preceded by another birth.
 *
 * <p>With a primary host the birth waits until that says it is online; when it says that it is not, the node dies and connects anew.
 */
final class SparkplugNode implements Dialect {
    private static final int SEQUENCES = 256;

    private final String head;
    private final String node;
    private final String run;
    private final MetricTable table;
    private final BirthCounter births;
    private final Topics actions;
    private final LongSupplier epochClock;
    private final Optional<PrimaryHost> primaryHost;
    private final int number;
    private final int lostFrom;
    private final int lostTo;
    private final int lostReason;
    private final Map<String, Known> born = new HashMap<>();
    private final Map<String, String> told = new HashMap<>();
    private final List<CompletableFuture<Void>> onTheirWay = new ArrayList<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private volatile boolean birthWanted;
    private boolean alive;
    private int birthOrDeath;
    private int sequence;
    private long bornAt;

    /**
     * @param run     as the table's
     * @param log     identity of the forward log
     * @param actions for the messages of alarms, which are no Sparkplug
     * @param primaryHost without which nothing is sent
     */
    SparkplugNode(String group, String node, String run, MetricTable table, long log, BirthCounter births, Topics actions,
            LongSupplier epochClock, Optional<PrimaryHost> primaryHost) {
        this.head = "spBv1.0/" + group + "/";
        this.node = "/" + node;
        this.run = run;
        this.table = table;
        this.births = births;
        this.actions = actions;
        this.epochClock = epochClock;
        this.primaryHost = primaryHost;
        table.set(table.define("Report/Log", MetricType.STRING, ""), String.format("%016x", log));
        number = table.define("Report/Number", MetricType.INT64, "");
        lostFrom = table.define("Report/Lost From", MetricType.INT64, "");
        lostTo = table.define("Report/Lost To", MetricType.INT64, "");
        lostReason = table.define("Report/Lost Reason", MetricType.STRING, "");
    }

    private String topic(String type) {
        return head + type + node;
    }

    private Message death() {
        return new Message(topic("NDEATH"), SparkplugPayload.death(birthOrDeath, epochClock.getAsLong()), true, false);
    }

    @Override
    public Message will() {
        birthOrDeath = births.next();
        return death();
    }

    @Override
    public CompletableFuture<Void> begin(MqttLink link) {
        onTheirWay.clear();
        waiting.clear();
        birthWanted = false;
        alive = false;
        CompletableFuture<Void> subscribed = link.subscribe(topic("NCMD"), command -> birthWanted |= SparkplugPayload.asksForRebirth(command));
        if (primaryHost.isEmpty()) {
            return subscribed.thenCompose(done -> birth(link));
        }
        PrimaryHost host = primaryHost.get();
        host.forget();
        // What the broker keeps of it comes before the last answer, as a rule: else the birth is a moment later.
        return subscribed.thenCompose(done -> link.subscribe(host.topic(), host::heard)).thenCompose(done -> link.reach(topic("DCMD")));
    }

    private boolean hostIsAway() {
        return primaryHost.isPresent() && !primaryHost.get().isOnline();
    }

    @Override
    public Optional<String> awaited() {
        return hostIsAway() ? Optional.of("the primary host " + primaryHost.get().id() + " is not online") : Optional.empty();
    }

    @Override
    public boolean isOver() {
        return alive && hostIsAway();
    }

    private CompletableFuture<Void> birth(MqttLink link) {
        birthWanted = false;
        alive = true;
        Snapshot now = table.snapshot();
        born.clear();
        told.clear();
        for (Known metric : now.metrics()) {
            born.put(metric.name(), metric);
            told.put(metric.name(), metric.value() == null ? "" : metric.value());
        }
        bornAt = now.order();
        sequence = 0;
        return link.publish(new Message(topic("NBIRTH"), SparkplugPayload.birth(birthOrDeath, now.metrics(), epochClock.getAsLong()), false, false));
    }

    @Override
    public CompletableFuture<Void> tend(MqttLink link) {
        boolean due = alive ? birthWanted : !hostIsAway();
        return due ? birth(link) : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> send(MqttLink link, Numbered report) {
        if (report.report().kind() == Topics.ACTION) {
            return link.publish(actions.action(report));
        }
        try {
            return metrics(link, report);
        } catch (NumberFormatException e) {
            return CompletableFuture.failedFuture(new MqttLink.Rejected("of a form that this version does not know"));
        }
    }

    private CompletableFuture<Void> metrics(MqttLink link, Numbered report) {
        CompletableFuture<Void> before = birthWanted ? birth(link) : null;
        boolean historical = true;
        boolean unborn = false;
        List<Known> values = new ArrayList<>();
        for (String line : new String(report.report().payload(), StandardCharsets.UTF_8).split("\n")) {
            String[] parts = line.split("\t", -1);
            MetricType type = parts.length == 3 && parts[0].length() == 1 ? MetricType.of(parts[0].charAt(0)) : null;
            if (type != null) {
                // Of an older run with another bundle, perhaps; one that has changed its type since has no meaning any more.
                unborn |= table.define(parts[1], type, "") >= 0 && !born.containsKey(parts[1]);
                values.add(new Known(0, parts[1], type, "", parts[2]));
            } else if (parts.length == 3 && parts[0].charAt(0) == MetricTable.ORDER && parts[1].equals(run)) {
                historical = Long.parseLong(parts[2]) <= bornAt;
            }
        }
        if (unborn) {
            before = birth(link);
            historical = true;
        }
        values.add(new Known(0, "Report/Number", MetricType.INT64, "", Long.toString(report.number())));
        if (!historical) {
            table.set(number, report.number());
        }
        return data(link, before, changes(values, historical), historical, report.report().epochMillis());
    }

    /** By exception: what the last message told is not told again, but for the past. */
    private List<Change> changes(List<Known> values, boolean historical) {
        List<Change> changes = new ArrayList<>();
        for (Known value : values) {
            Known known = born.get(value.name());
            if (known != null && known.type() == value.type() && (historical || !value.value().equals(told.put(value.name(), value.value())))) {
                changes.add(new Change(known.alias(), value.type(), value.value()));
            }
        }
        return changes;
    }

    private CompletableFuture<Void> data(MqttLink link, CompletableFuture<Void> before, List<Change> changes, boolean historical, long measured) {
        sequence = (sequence + 1) % SEQUENCES;
        byte[] payload = SparkplugPayload.data(changes, historical, measured, sequence, epochClock.getAsLong());
        CompletableFuture<Void> sent = link.publish(new Message(topic("NDATA"), payload, false, false));
        var received = new CompletableFuture<Void>();
        if (before != null) {
            onTheirWay.add(before);
        }
        onTheirWay.add(sent);
        waiting.add(received);
        sent.whenComplete((done, failure) -> {
            if (failure != null) {
                // Its number is missing now from the sequence, which a birth begins again.
                birthWanted = true;
                received.completeExceptionally(failure);
            }
        });
        return received;
    }

    @Override
    public void flush(MqttLink link) {
        CompletableFuture<?>[] sent = onTheirWay.toArray(CompletableFuture[]::new);
        List<CompletableFuture<Void>> asked = List.copyOf(waiting);
        onTheirWay.clear();
        waiting.clear();
        // What failed has said so; the rest is asked for behind it all.
        CompletableFuture.allOf(sent).handle((done, failure) -> null).thenCompose(done -> link.reach(topic("DCMD"))).whenComplete((done, failure) -> {
            for (CompletableFuture<Void> one : asked) {
                if (failure == null) {
                    one.complete(null);
                } else {
                    one.completeExceptionally(failure);
                }
            }
        });
    }

    @Override
    public CompletableFuture<Void> gap(MqttLink link, long from, long to, String reason) {
        table.set(lostFrom, from);
        table.set(lostTo, to);
        table.set(lostReason, reason);
        return birth(link).thenCompose(done -> link.reach(topic("DCMD")));
    }

    @Override
    public CompletableFuture<Void> end(MqttLink link) {
        return alive ? link.publish(death()) : CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean endsWithWill() {
        return alive;
    }
}
