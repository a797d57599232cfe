package dev.adze.agent.alarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.adze.agent.TestBundles;
import dev.adze.profiles.Profile.Alarm;
import dev.adze.profiles.Profile.GpioOutput;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AlarmActionsTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    private final List<String> published = new CopyOnWriteArrayList<>();

    private static Alarm alarm(String name, List<String> command, Optional<URI> webhook) {
        return new Alarm(name, "temp", false, true, 80, 75, 1, 1, command, webhook, Optional.empty(), Optional.empty());
    }

    private String act(List<Alarm> alarms, AlarmChange... changes) throws InterruptedException {
        try (var actions = new AlarmActions(alarms, new PrintStream(log, true, StandardCharsets.UTF_8), this::line,
                (topic, message) -> published.add(topic + " " + message))) {
            for (AlarmChange change : changes) {
                actions.offer(change);
            }
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aChangeIsLoggedAndItsProgramIsToldOfIt() throws Exception {
        Path told = folder.resolve("told");
        String said = act(List.of(alarm("hot", List.of("sh", "-c",
                "echo $ADZE_ALARM $ADZE_STATE $ADZE_OUTPUT $ADZE_VALUE $ADZE_TIME >>" + told), Optional.empty())),
                new AlarmChange("hot", true, "temp", 81.5, 1_795_000_000_000L), new AlarmChange("hot", false, "temp", 70, 1_795_000_001_000L));
        assertEquals(List.of("hot raised temp 81.5 1795000000000", "hot cleared temp 70.0 1795000001000"), Files.readAllLines(told));
        assertEquals("adze-agent: alarm hot raised: temp is 81.5000 at 2026-11-18T11:06:40Z\n"
                + "adze-agent: alarm hot cleared: temp is 70.0000 at 2026-11-18T11:06:41Z\n", said);
    }

    private final List<String> line = new CopyOnWriteArrayList<>();

    private Switch line(GpioOutput output) throws IOException {
        if (output.line().equals("none")) {
            throw new IOException("the GPIO chip " + output.chip() + " has no line none");
        }
        line.add("open " + output.line());
        return new Switch() {
            @Override
            public void set(boolean on) throws IOException {
                line.add(output.line() + " " + on);
                if (output.line().equals("broken")) {
                    throw new IOException("the device is gone");
                }
            }

            @Override
            public void close() {
                line.add("close " + output.line());
            }
        };
    }

    private static Alarm switching(String name, String line) {
        return new Alarm(name, "temp", false, true, 80, 75, 1, 1, List.of(), Optional.empty(),
                Optional.of(new GpioOutput("chip", line, false)), Optional.empty());
    }

    @Test
    void anOutputLineIsOnWhileTheAlarmIsRaised() throws Exception {
        String said = act(List.of(switching("hot", "LED"), switching("cold", "broken"), alarm("plain", List.of(), Optional.empty())),
                new AlarmChange("hot", true, "temp", 81, 0), new AlarmChange("plain", true, "temp", 81, 0),
                new AlarmChange("cold", true, "temp", 1, 0), new AlarmChange("hot", false, "temp", 70, 1));
        assertEquals(List.of("open LED", "open broken", "LED true", "broken true", "LED false", "close LED", "close broken"), line);
        assertTrue(said.contains("warning: alarm cold: its output line cannot be set: the device is gone"), said);
    }

    @Test
    void anOutputLineThatIsNotThereIsRefusedAtTheStart() {
        var e = assertThrows(AdzeException.class, () -> act(List.of(switching("hot", "LED"), switching("cold", "none"))));
        assertEquals("alarm cold: the line none of the GPIO chip chip cannot be an output: the GPIO chip chip has no line none", e.getMessage());
        assertEquals(List.of("open LED", "close LED"), line, "what was open is closed");
    }

    @Test
    void aProgramThatFailsIsAWarningAndTheNextChangeIsActedOn() throws Exception {
        String said = act(List.of(alarm("a", List.of("sh", "-c", "exit 3"), Optional.empty()),
                alarm("b", List.of("/no/such/program"), Optional.empty())),
                new AlarmChange("a", true, "x", 1, 0), new AlarmChange("b", true, "x", 1, 0));
        assertTrue(said.contains("warning: alarm a: its program ended with 3"), said);
        assertTrue(said.contains("warning: alarm b: its program cannot be started"), said);
    }

    @Test
    void aWebhookIsTriedAgainWhenTheReceiverStumblesAndNotWhenItRefuses() throws Exception {
        var bodies = new CopyOnWriteArrayList<String>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            bodies.add(exchange.getRequestURI() + " " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            int status = exchange.getRequestURI().getPath().equals("/no") ? 403 : bodies.size() == 1 ? 503 : 204;
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            String said = act(List.of(alarm("hot", List.of(), Optional.of(URI.create(base + "/yes"))),
                    alarm("cold", List.of(), Optional.of(URI.create(base + "/no")))),
                    new AlarmChange("hot", true, "te\"mp", 81.5, 7), new AlarmChange("cold", true, "temp", -3, 8));
            String hot = "/yes {\"alarm\":\"hot\",\"state\":\"raised\",\"output\":\"te\\\"mp\",\"value\":81.5,\"time\":7}";
            assertEquals(List.of(hot, hot, "/no {\"alarm\":\"cold\",\"state\":\"raised\",\"output\":\"temp\",\"value\":-3.0,\"time\":8}"),
                    bodies);
            assertTrue(said.contains("alarm cold: its webhook does not take it: status 403"), said);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aChangeIsPublishedToItsTopic() throws Exception {
        act(List.of(new Alarm("hot", "temp", false, true, 80, 75, 1, 1, List.of(), Optional.empty(), Optional.empty(), Optional.of("plant/hot"))),
                new AlarmChange("hot", true, "temp", 81.5, 7));
        assertEquals(List.of("plant/hot {\"alarm\":\"hot\",\"state\":\"raised\",\"output\":\"temp\",\"value\":81.5,\"time\":7}"), published);
    }

    @Test
    void anAlarmOnAnOutputThatTheModelLacksIsRefused() {
        TaskSpec task = TestBundles.task(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 4, 100, 2);
        var e = assertThrows(AdzeException.class, () -> new Alarms(List.of(alarm("hot", List.of(), Optional.empty())), task, _ -> {}));
        assertEquals("alarm hot watches temp, but the model's outputs are out0, out1", e.getMessage());
    }
}
