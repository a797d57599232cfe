package dev.adze.agent.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import dev.adze.agent.TestBundles;
import dev.adze.agent.forward.ForwardLog;
import dev.adze.agent.forward.ForwardLog.Batch;
import dev.adze.agent.forward.ForwardLog.Numbered;
import dev.adze.agent.state.MemoryFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kills an agent by SIGKILL at random moments, again and again, with a sensor whose values are numbered and Mosquitto as
 * broker, and then accounts for every report: run by {@code device-agent/src/test/soak/kill-9.sh}, not by the build, as it
 * takes a while. Ends with exit code 1 if a report is lost.
 */
final class KillNine {
    private static final String TOPIC = "adze/kill";
    private static final int RATE_HZ = 50;

    private final Path folder;
    private final Random random;
    private final List<String> java;
    /** By number; the first time that it came. */
    private final TreeMap<Long, JsonNode> received = new TreeMap<>();
    private final List<JsonNode> gaps = new ArrayList<>();
    /** What was in the log on the disk at some kill, by number. */
    private final Map<Long, String> stored = new HashMap<>();
    private long messages;
    private int lastWills;

    private KillNine(Path folder, Random random, List<String> java) {
        this.folder = folder;
        this.random = random;
        this.java = java;
    }

    /** Arguments: kills, a folder to work in, a seed, then the command that starts the agent, up to its subcommand. */
    public static void main(String[] args) throws Exception {
        int kills = Integer.parseInt(args[0]);
        Path folder = Files.createDirectories(Path.of(args[1]));
        var test = new KillNine(folder, new Random(Long.parseLong(args[2])), List.of(args).subList(3, args.length));
        System.exit(test.run(kills) ? 0 : 1);
    }

    private boolean run(int kills) throws Exception {
        TestBundles.write(folder.resolve("m.adze"), 1000 / RATE_HZ, TestBundles.channel("n", ""));
        var rows = new StringBuilder("time[ms],n\n");
        for (int i = 0; i < 100_000; i++) {
            rows.append(i * (1000 / RATE_HZ)).append(',').append(i).append('\n');
        }
        Files.writeString(folder.resolve("numbers.csv"), rows);
        int outages = 0;
        Mosquitto broker = Mosquitto.start(folder, "allow_anonymous true\nmax_queued_messages 0");
        int port = broker.port;
        Files.writeString(folder.resolve("p.yaml"), """
                adze-profile: 1
                name: kill
                device: {board: test}
                bundle: m.adze
                sensors: {rate-hz: %d, channels: {n: 'replay:numbers.csv#n'}}
                reporting:
                  console-interval-s: 0
                  forward: {folder: waiting, sync-ms: 20}
                  mqtt: {server: 'mqtt://127.0.0.1:%d', topic: %s, inputs: true}
                """.formatted(RATE_HZ, port, TOPIC));
        Mqtt5AsyncClient listener = listen(port);
        for (int kill = 1; kill <= kills; kill++) {
            boolean outage = kill % 10 == 0;
            if (outage) {
                outages++;
                listener.disconnect().get(10, TimeUnit.SECONDS);
                broker.close();
            }
            long before = received();
            Process agent = agent();
            if (outage) {
                awaitStored(agent);
            } else {
                awaitReceived(before + 1 + random.nextInt(60), agent);
            }
            agent.destroyForcibly().waitFor();
            readDisk();
            if (outage) {
                broker = Mosquitto.start(folder, "allow_anonymous true\nmax_queued_messages 0", port);
                listener = listen(port);
            }
            if (kill % 10 == 0 || kill == kills) {
                System.out.println(kill + " kills, " + received() + " reports received, " + stored.size() + " seen on the disk");
            }
        }
        Process last = agent();
        awaitReceived(received() + 20, last);
        last.destroy();
        last.waitFor();
        readDisk();
        awaitAll();
        listener.disconnect().get(10, TimeUnit.SECONDS);
        broker.close();
        return account(kills, outages);
    }

    private Process agent() throws IOException {
        var command = new ArrayList<>(java);
        command.addAll(List.of("run", "--profile", folder.resolve("p.yaml").toString()));
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("agent.log").toFile())).start();
    }

    private Mqtt5AsyncClient listen(int port) throws Exception {
        // The broker keeps what comes while the witness is away: a machine may stop it for longer than its keep-alive.
        Mqtt5AsyncClient client = Mqtt5Client.builder().identifier("witness").serverHost("127.0.0.1").serverPort(port)
                .automaticReconnectWithDefaultConfig().buildAsync();
        client.connectWith().cleanStart(false).sessionExpiryInterval(86_400).send().get(10, TimeUnit.SECONDS);
        client.subscribeWith().topicFilter(TOPIC + "/#").qos(MqttQos.AT_LEAST_ONCE)
                .callback(p -> take(new String(p.getPayloadAsBytes(), StandardCharsets.UTF_8))).send().get(10, TimeUnit.SECONDS);
        return client;
    }

    private synchronized void take(String json) {
        JsonNode message = JsonMapper.shared().readTree(json);
        if (message.has("seq")) {
            messages++;
            received.putIfAbsent(message.get("seq").asLong(), message);
        } else if (message.get("type").asString().equals("gap")) {
            gaps.add(message);
        } else if (message.has("reason") && message.get("reason").asString().equals("lost")) {
            lastWills++;
        }
        notifyAll();
    }

    private synchronized int received() {
        return received.size();
    }

    private synchronized void awaitReceived(long count, Process agent) throws InterruptedException, IOException {
        while (received.size() < count) {
            requireAlive(agent);
            wait(1000);
        }
    }

    private void requireAlive(Process agent) throws IOException {
        if (!agent.isAlive()) {
            throw new IOException("the agent ended by itself: see " + folder.resolve("agent.log"));
        }
    }

    /** Without a broker: until the agent has stored some more. */
    private void awaitStored(Process agent) throws IOException, InterruptedException {
        int before = stored.size();
        int more = 1 + random.nextInt(100);
        while (stored.size() < before + more) {
            requireAlive(agent);
            synchronized (this) {
                wait(100);
            }
            readDisk();
        }
    }

    /** The log as it lies on the disk, read from a copy. */
    private void readDisk() throws IOException {
        var image = new HashMap<String, byte[]>();
        Path waiting = folder.resolve("waiting/mqtt");
        if (!Files.exists(waiting)) {
            return;
        }
        try (var files = Files.list(waiting)) {
            for (Path file : files.toList()) {
                try {
                    image.put(file.getFileName().toString(), Files.readAllBytes(file));
                } catch (java.nio.file.NoSuchFileException e) {
                    // Delivered meanwhile.
                }
            }
        }
        ForwardLog log = ForwardLog.open(new MemoryFiles(image), 16_000_000, () -> 0);
        long at = log.status().acknowledged();
        Batch batch;
        while (!(batch = log.read(at, 1 << 20)).isEmpty()) {
            for (Numbered n : batch.reports()) {
                stored.putIfAbsent(n.number(), new String(n.report().payload(), StandardCharsets.UTF_8));
            }
            at = batch.reports().isEmpty() ? batch.lostTo() : batch.reports().getLast().number();
        }
    }

    /** Until everything that was ever on the disk has come, or nothing comes for half a minute. */
    private synchronized void awaitAll() throws InterruptedException {
        long last = stored.keySet().stream().mapToLong(n -> n).max().orElse(0);
        while (!received.containsKey(last)) {
            long before = messages;
            wait(30_000);
            if (messages == before) {
                return;
            }
        }
    }

    private synchronized boolean account(int kills, int outages) {
        long last = received.lastKey();
        long lost = 0;
        for (long number = 1; number <= last; number++) {
            lost += received.containsKey(number) ? 0 : 1;
        }
        long told = gaps.stream().mapToLong(g -> g.get("to").asLong() - g.get("from").asLong() + 1).sum();
        long vanished = stored.keySet().stream().filter(n -> !received.containsKey(n)).count();
        long changed = stored.entrySet().stream().filter(e -> received.containsKey(e.getKey()) && !same(e.getValue(), received.get(e.getKey()))).count();
        long runs = 0;
        long decisions = 0;
        long missed = 0;
        long wrong = 0;
        long expected = 0;
        Long ahead = null;
        for (JsonNode report : received.values()) {
            if (report.get("type").asString().equals("start")) {
                runs++;
                expected = 0;
                ahead = null;
            } else if (report.get("type").asString().equals("decision")) {
                decisions++;
                long slot = report.get("slot").asLong();
                missed += Math.max(0, slot - expected);
                wrong += slot < expected ? 1 : 0;
                JsonNode number = report.get("inputs").get(0);
                if (!number.isNull()) {
                    // The replay begins at its first reading, which a busy machine may be too late for in slot 0.
                    ahead = ahead == null ? Long.valueOf(number.asLong() - slot) : ahead;
                    wrong += number.asLong() == slot + ahead ? 0 : 1;
                }
                expected = slot + 1;
            }
        }
        long logs = received.values().stream().map(r -> r.get("log").asString()).distinct().count();
        System.out.printf("""
                kills                                   %d, %d of them while the broker was down
                runs that told of their start           %d
                reports                                 %d, of them %d decisions
                messages                                %d, so %d came twice
                numbers that never came                 %d, of them told as gaps %d
                seen on the disk at a kill              %d
                  of these never received               %d
                  of these received with other content  %d
                samples left out by the schedule        %d
                decisions out of order or with another sample's number  %d
                last wills                              %d
                identities of the log                   %d
                """, kills, outages, runs, received.size(), decisions, messages, messages - received.size(), lost, told, stored.size(), vanished,
                changed, missed, wrong, lastWills, logs);
        return lost == told && vanished == 0 && changed == 0 && wrong == 0 && logs == 1;
    }

    private static boolean same(String stored, JsonNode received) {
        for (var entry : JsonMapper.shared().readTree(stored).properties()) {
            if (!entry.getValue().equals(received.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
