package dev.adze.compress.search;

import dev.adze.compress.search.TrialJob.End;
import dev.adze.compress.search.TrialJob.Outcome;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trials spread over an Apache Spark cluster: each is a Spark job of one task that pipes the trial's description through
 * {@code adze search-trial}, a process of its own, and reads the outcome from its output. Spark sees to workers that are lost:
 * their tasks run again elsewhere, and the trial goes on from its last checkpoint. Workers need this Adze and the search's
 * folder and data under the same paths (a shared file system).
 */
final class SparkEngine implements TrialEngine {
    /** A trial is given up after so many lost or failing processes. */
    static final int TRIES = 4;
    private static final int CONNECT_MILLIS = 5_000;
    private static final Pattern CLUSTER = Pattern.compile("spark://([^:/,]+):(\\d+)");
    private static final Pattern LOCAL = Pattern.compile("local(\\[([0-9]+|\\*)])?");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String master;
    private final List<String> worker;
    private final Map<String, String> environment;
    private final BooleanSupplier stopped;
    private final SparkLibrary.Context context;

    /**
     * @param master  {@code spark://HOST:PORT}, {@code local[*]} or {@code local[N]}
     * @param worker  command that runs one trial: its description on standard input, the outcome on its output
     * @param stopped whether the user wants to stop
     * @throws AdzeException USAGE for another master; UNAVAILABLE if it cannot be reached or Spark cannot start
     */
    SparkEngine(String master, SparkLibrary spark, List<String> worker, Map<String, String> environment, BooleanSupplier stopped) {
        this.master = master;
        this.worker = List.copyOf(worker);
        this.environment = Map.copyOf(environment);
        this.stopped = stopped;
        context = spark.start(requireReachable(master), TRIES);
    }

    /** @return the master as Spark is to be told */
    private static String requireReachable(String master) {
        Matcher local = LOCAL.matcher(master);
        if (local.matches()) {
            // Spark in one process gives a failed task no second try unless told so.
            return "local[" + (local.group(2) == null ? "1" : local.group(2)) + "," + TRIES + "]";
        }
        Matcher cluster = CLUSTER.matcher(master);
        if (!cluster.matches()) {
            throw new AdzeException(Kind.USAGE, "--engine " + master + " is unknown; use spark://HOST:PORT, local[*] or local[N]");
        }
        int port = Integer.parseInt(cluster.group(2));
        if (port > 65_535) {
            throw new AdzeException(Kind.USAGE, "--engine " + master + ": there is no port " + port);
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(cluster.group(1), port), CONNECT_MILLIS);
        } catch (IOException e) {
            throw new AdzeException(Kind.UNAVAILABLE, "the Spark master " + master + " cannot be reached (" + e.getMessage()
                    + "); start it, check address and firewall, or leave --engine out to search in this process", e);
        }
        return master;
    }

    @Override
    public String name() {
        return "Apache Spark " + context.version() + ", " + master;
    }

    @Override
    public void run(List<TrialJob> jobs, Consumer<Outcome> done) {
        List<Future<List<String>>> futures = new ArrayList<>();
        for (TrialJob job : jobs) {
            futures.add(context.pipe(JSON.writeValueAsString(job), worker, environment));
        }
        for (int i = 0; i < jobs.size(); i++) {
            done.accept(outcome(jobs.get(i), futures.get(i)));
        }
    }

    private Outcome outcome(TrialJob job, Future<List<String>> future) {
        try {
            while (!future.isDone()) {
                if (stopped.getAsBoolean()) {
                    throw interrupted(null);
                }
                Thread.sleep(200);
            }
            String line = future.get().stream().filter(l -> l.startsWith("{\"trial\"")).findFirst()
                    .orElseThrow(() -> new AdzeException(Kind.UNAVAILABLE, "trial " + job.trial() + " told nothing on its worker"));
            return JSON.readValue(line, Outcome.class);
        } catch (ExecutionException e) {
            if (stopped.getAsBoolean()) {
                throw interrupted(e);
            }
            if (!context.alive()) {
                throw new AdzeException(Kind.UNAVAILABLE, "the Spark cluster " + master + " is gone in mid-search ("
                        + firstLine(e.getCause()) + "); run the same command to go on when it is back", e);
            }
            return new Outcome(job.trial(), End.FAILED, 0, Double.NaN, null, "", 0, "", 0,
                    "its workers failed " + TRIES + " times: " + firstLine(e.getCause()));
        } catch (JacksonException e) {
            throw new AdzeException(Kind.MISMATCH, "a worker runs another version of Adze: " + e.getOriginalMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private static AdzeException interrupted(Exception cause) {
        return new AdzeException(Kind.INTERRUPTED, "stopped; trials under way keep their checkpoints: run the same command to go on", cause);
    }

    private static String firstLine(Throwable e) {
        return e == null ? "no reason given" : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        context.close();
    }
}
