package dev.adze.agent.alarm;

import dev.adze.agent.sensor.linux.DeviceError;
import dev.adze.profiles.Profile.Alarm;
import dev.adze.profiles.Profile.GpioOutput;
import dev.adze.runtime.AdzeException;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * What is done when an alarm changes, on a thread of its own and one after the other: a line on the error output (the
 * journal's), the alarm's output line, its program, its topic, its webhook. A program has 30 s, then it is ended; a webhook is
 * tried three times.
 * When more than 100 changes wait, further ones are only counted.
 */
public final class AlarmActions implements AutoCloseable {
    private static final int MOST_WAITING = 100;
    private static final long PROGRAM_SECONDS = 30;
    private static final Duration WEBHOOK_TIMEOUT = Duration.ofSeconds(10);
    private static final int WEBHOOK_ATTEMPTS = 3;
    private static final long CLOSE_MILLIS = 5_000;

    private final List<Alarm> alarms;
    private final PrintStream log;
    private final BiConsumer<String, String> publisher;
    private final ArrayBlockingQueue<AlarmChange> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Map<String, Switch> outputs = new LinkedHashMap<>();
    private final Thread thread;
    private HttpClient client;
    private volatile boolean closed;
    private long dropped;

    /**
     * @param switches opens the output lines, all of them at once
     * @param publisher takes a topic and a message for it, and returns at once
     * @throws AdzeException if one cannot be opened
     */
    public AlarmActions(List<Alarm> alarms, PrintStream log, Switch.Opener switches,
            BiConsumer<String, String> publisher) {
        this.alarms = List.copyOf(alarms);
        this.log = log;
        this.publisher = publisher;
        for (Alarm alarm : alarms) {
            alarm.gpio().ifPresent(output -> outputs.put(alarm.name(), open(alarm, output, switches)));
        }
        thread = Thread.ofPlatform().daemon().name("alarms").start(this::serve);
    }

    private Switch open(Alarm alarm, GpioOutput output, Switch.Opener switches) {
        try {
            return switches.open(output);
        } catch (IOException e) {
            outputs.values().forEach(Switch::close);
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "alarm " + alarm.name() + ": the line " + output.line() + " of the GPIO chip "
                    + output.chip() + " cannot be an output: " + (e instanceof DeviceError error ? error.reason() : e.getMessage()), e);
        }
    }

    /** Returns at once. */
    public void offer(AlarmChange change) {
        if (!waiting.offer(change)) {
            dropped++;
        }
    }

    private void serve() {
        try {
            while (true) {
                AlarmChange change = closed ? waiting.poll() : waiting.poll(100, TimeUnit.MILLISECONDS);
                if (change != null) {
                    act(change);
                } else if (closed) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void act(AlarmChange change) throws InterruptedException {
        log.printf(Locale.ROOT, "adze-agent: alarm %s %s: %s is %.6g at %s%n", change.alarm(), state(change), change.output(),
                change.value(), Instant.ofEpochMilli(change.epochMillis()));
        for (Alarm alarm : alarms) {
            if (alarm.name().equals(change.alarm())) {
                turn(change);
                if (!alarm.command().isEmpty()) {
                    run(alarm.command(), change);
                }
                alarm.mqtt().ifPresent(topic -> publisher.accept(topic, json(change)));
                if (alarm.webhook().isPresent()) {
                    post(alarm.webhook().get(), change);
                }
            }
        }
    }

    private static String state(AlarmChange change) {
        return change.raised() ? "raised" : "cleared";
    }

    private void turn(AlarmChange change) {
        Switch output = outputs.get(change.alarm());
        try {
            if (output != null) {
                output.set(change.raised());
            }
        } catch (IOException e) {
            warn(change, "its output line cannot be set: " + (e instanceof DeviceError error ? error.reason() : e.getMessage()));
        }
    }

    private void run(List<String> command, AlarmChange change) throws InterruptedException {
        var builder = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("ADZE_ALARM", change.alarm());
        builder.environment().put("ADZE_STATE", state(change));
        builder.environment().put("ADZE_OUTPUT", change.output());
        builder.environment().put("ADZE_VALUE", Double.toString(change.value()));
        builder.environment().put("ADZE_TIME", Long.toString(change.epochMillis()));
        try {
            Process process = builder.start();
            if (!process.waitFor(PROGRAM_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                warn(change, "its program was ended after " + PROGRAM_SECONDS + " s");
            } else if (process.exitValue() != 0) {
                warn(change, "its program ended with " + process.exitValue());
            }
        } catch (IOException e) {
            warn(change, "its program cannot be started: " + e.getMessage());
        }
    }

    private void post(URI address, AlarmChange change) throws InterruptedException {
        if (client == null) {
            client = HttpClient.newBuilder().connectTimeout(WEBHOOK_TIMEOUT).build();
        }
        HttpRequest request = HttpRequest.newBuilder(address).timeout(WEBHOOK_TIMEOUT).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json(change))).build();
        String problem = "";
        for (int attempt = 1; attempt <= WEBHOOK_ATTEMPTS; attempt++) {
            try {
                int status = client.send(request, BodyHandlers.discarding()).statusCode();
                if (status < 300) {
                    return;
                }
                problem = "status " + status;
                if (status < 500) {
                    // The receiver will not think otherwise.
                    break;
                }
            } catch (IOException e) {
                problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            }
        }
        warn(change, "its webhook does not take it: " + problem);
    }

    private static String json(AlarmChange change) {
        // Names are of letters, digits, dots, dashes and underscores, but an output's may be anything.
        return "{\"alarm\":\"" + change.alarm() + "\",\"state\":\"" + state(change) + "\",\"output\":\""
                + change.output().replace("\\", "\\\\").replace("\"", "\\\"") + "\",\"value\":" + change.value()
                + ",\"time\":" + change.epochMillis() + "}";
    }

    private void warn(AlarmChange change, String problem) {
        log.println("adze-agent: warning: alarm " + change.alarm() + ": " + problem);
    }

    /** Waits for what is waiting, for at most some seconds. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join(CLOSE_MILLIS);
        outputs.values().forEach(Switch::close);
        if (dropped > 0) {
            log.println("adze-agent: warning: " + dropped + " changes of alarms were too many to act on");
        }
    }
}
