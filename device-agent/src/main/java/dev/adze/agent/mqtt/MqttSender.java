package dev.adze.agent.mqtt;

import dev.adze.agent.forward.Backoff;
import dev.adze.agent.forward.ForwardLog;
import dev.adze.agent.forward.ForwardLog.Batch;
import dev.adze.agent.forward.ForwardLog.Numbered;
import dev.adze.agent.service.Background;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Publishes a log's reports on a thread of its own, in order, some of them in flight; a report is acknowledged in the log
 * when the broker has acknowledged it. When the connection is lost, or a broker that is there answers nothing, it begins
 * again behind the last report acknowledged. Pauses between attempts grow with jitter, and shrink again only after a
 * minute of connection, so that a broker that drops everybody is not stormed. A message that the broker will never take
 * is left out and told of as a gap: it holds up no other.
 */
final class MqttSender {
    private static final int READ_BYTES = 1 << 16;
    private static final long STABLE_NANOS = 60_000_000_000L;
    private static final long IDLE_MILLIS = 500;
    private static final long CLOSE_MILLIS = 5_000;

    private final ForwardLog log;
    private final Supplier<MqttLink> links;
    private final Dialect dialect;
    private final Backoff backoff;
    private final Limits limits;
    private final String broker;
    private final PrintStream console;
    private final Thread thread;
    private volatile boolean closing;
    private boolean warned;

    /**
     * @param inFlight          messages sent before the first of them is acknowledged
     * @param acknowledgeMillis how long the broker may take for that, and for the connection
     */
    record Limits(int inFlight, long acknowledgeMillis) {}

    private record Sent(Numbered numbered, CompletableFuture<Void> acknowledged) {}

    /** @param broker for messages */
    MqttSender(ForwardLog log, Supplier<MqttLink> links, Dialect dialect, Backoff backoff, Limits limits, String broker,
            PrintStream console) {
        this.log = log;
        this.links = links;
        this.dialect = dialect;
        this.backoff = backoff;
        this.limits = limits;
        this.broker = broker;
        this.console = console;
        thread = Thread.ofPlatform().daemon().name("mqtt").unstarted(this::serve);
    }

    void start() {
        thread.start();
    }

    private void serve() {
        // The client's library loads beside the first samples, and its threads are started by this one.
        Background.giveWay();
        try {
            boolean delivered = false;
            while (!delivered) {
                delivered = attempt();
                if (!delivered && !closing) {
                    pause(backoff.next());
                }
                delivered |= closing;
            }
        } catch (InterruptedException e) {
            // Closed while the broker kept it waiting; what is not delivered stays in the log.
        }
    }

    /** One connection; true if it ended as everything was delivered and the sender is closed. */
    private boolean attempt() throws InterruptedException {
        MqttLink link = links.get();
        long connectedNanos = 0;
        try {
            await(link.connect(dialect.will()));
            connectedNanos = System.nanoTime();
            await(dialect.begin(link));
            boolean delivered = deliver(link);
            await(dialect.end(link));
            link.close(dialect.endsWithWill());
            if (!delivered) {
                dialect.awaited().ifPresent(this::warnOnce);
                resetIfStable(connectedNanos);
            }
            return delivered;
        } catch (ExecutionException e) {
            failed(e.getCause());
        } catch (TimeoutException e) {
            failed(new IOException("no answer within " + limits.acknowledgeMillis() + " ms"));
        } catch (IOException e) {
            failed(e);
        } catch (InterruptedException e) {
            dialect.end(link);
            link.close(dialect.endsWithWill());
            throw e;
        }
        resetIfStable(connectedNanos);
        link.abort();
        return false;
    }

    /** @param connectedNanos 0 if it never was */
    private void resetIfStable(long connectedNanos) {
        if (connectedNanos != 0 && System.nanoTime() - connectedNanos > STABLE_NANOS) {
            backoff.reset();
        }
    }

    private void await(CompletableFuture<Void> done) throws InterruptedException, ExecutionException, TimeoutException {
        done.get(limits.acknowledgeMillis(), TimeUnit.MILLISECONDS);
    }

    /** Until the connection fails; true when the sender is closed and all is delivered that can be, false when there is to be another one. */
    private boolean deliver(MqttLink link) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Deque<Sent> waiting = new ArrayDeque<>();
        long sent = log.status().acknowledged();
        while (true) {
            while (!waiting.isEmpty() && waiting.peek().acknowledged().isDone()) {
                settle(link, waiting.poll());
            }
            if (!link.isConnected()) {
                throw new IOException("connection lost");
            }
            if (dialect.isOver()) {
                return false;
            }
            await(dialect.tend(link));
            Optional<String> awaited = dialect.awaited();
            if (awaited.isPresent()) {
                warnOnce(awaited.get());
                if (closing) {
                    return true;
                }
                pause(IDLE_MILLIS);
                continue;
            }
            recovered();
            Batch batch = log.read(sent, READ_BYTES);
            if (batch.isEmpty()) {
                if (!waiting.isEmpty()) {
                    settle(link, waiting.poll());
                } else if (closing) {
                    return true;
                } else {
                    log.awaitMore(sent, IDLE_MILLIS);
                }
                continue;
            }
            if (batch.reports().isEmpty()) {
                while (!waiting.isEmpty()) {
                    settle(link, waiting.poll());
                }
                tellGap(link, batch.lostFrom(), batch.lostTo(), "lost on the device: the log was full or could not be written");
                sent = batch.lostTo();
            }
            for (Numbered numbered : batch.reports()) {
                if (dialect.isOver()) {
                    break;
                }
                if (waiting.size() >= limits.inFlight()) {
                    settle(link, waiting.poll());
                }
                waiting.add(new Sent(numbered, dialect.send(link, numbered)));
                sent = numbered.number();
            }
        }
    }

    private void settle(MqttLink link, Sent sent) throws InterruptedException, ExecutionException, TimeoutException {
        long number = sent.numbered().number();
        if (!sent.acknowledged().isDone()) {
            dialect.flush(link);
        }
        try {
            await(sent.acknowledged());
            log.acknowledge(number);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof MqttLink.Rejected rejected)) {
                throw e;
            }
            console.println("adze-agent: warning: report " + number + " is left out: " + rejected.getMessage());
            tellGap(link, number, number, rejected.getMessage());
        }
    }

    private void tellGap(MqttLink link, long from, long to, String reason) throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Void> told = dialect.gap(link, from, to, reason);
        dialect.flush(link);
        await(told);
        log.acknowledge(to);
    }

    private void recovered() {
        if (warned) {
            warned = false;
            console.println("adze-agent: " + broker + " takes reports again");
        }
    }

    private void failed(Throwable problem) {
        warnOnce(broker + " does not take them: " + problem.getMessage());
    }

    private void warnOnce(String why) {
        if (!warned) {
            warned = true;
            console.println("adze-agent: warning: reports wait, as " + why);
        }
    }

    private synchronized void pause(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        long left;
        while (!closing && (left = (end - System.nanoTime()) / 1_000_000) > 0) {
            wait(left);
        }
    }

    /** Delivers what is there, for at most some seconds, if there is a connection; then says good-bye. */
    void close() throws InterruptedException {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        thread.join(CLOSE_MILLIS);
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(CLOSE_MILLIS);
        }
    }
}
