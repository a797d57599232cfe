package dev.adze.compress.report;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A headless Chromium, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */
final class Chromium implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path userData;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
    /** Console messages, uncaught exceptions and log entries since the last {@link #open}. */
    final List<String> complaints = new ArrayList<>();
    /** Addresses that the page asked for since the last {@link #open}. */
    final List<String> requests = new ArrayList<>();
    private String session;
    private int lastId;

    static Optional<Path> installed() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
                .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable).findFirst();
    }

    Chromium(Path program) throws IOException, InterruptedException {
        userData = Files.createTempDirectory("adze-chromium");
        process = new ProcessBuilder(program.toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
                "--disable-dev-shm-usage", "--remote-debugging-port=0", "--user-data-dir=" + userData, "about:blank")
                .redirectErrorStream(true).redirectOutput(userData.resolve("log.txt").toFile()).start();
        try {
            socket = http.newWebSocketBuilder().buildAsync(URI.create(endpoint()), new Listener()).join();
            String target = command("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asString();
            session = command("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                    .get("sessionId").asString();
            for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
                command(domain + ".enable", Map.of());
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            stop();
            throw e;
        }
    }

    /** The browser writes its port and path to a file once it listens. */
    private String endpoint() throws IOException, InterruptedException {
        Path file = userData.resolve("DevToolsActivePort");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException("Chromium ended at once: " + Files.readString(userData.resolve("log.txt")));
            }
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.size() >= 2) {
                return "ws://127.0.0.1:" + lines.get(0) + lines.get(1);
            }
        }
        throw new IOException("Chromium does not listen: " + Files.readString(userData.resolve("log.txt")));
    }

    /** Loads a page at a width in CSS pixels and a colour scheme, {@code light} or {@code dark}. */
    void open(Path page, int width, String scheme) throws InterruptedException {
        command("Emulation.setDeviceMetricsOverride", Map.of(
                "width", width, "height", 900, "deviceScaleFactor", width < 700 ? 2 : 1, "mobile", width < 700));
        command("Emulation.setEmulatedMedia", Map.of("media", "screen", "features",
                List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        complaints.clear();
        requests.clear();
        command("Page.navigate", Map.of("url", page.toUri().toString()));
        event("Page.loadEventFired");
    }

    /** The value of a JavaScript expression; complaints that came before it are in {@link #complaints}. */
    JsonNode evaluate(String expression) throws InterruptedException {
        JsonNode answer = command("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.get("result").get("value");
    }

    /** The whole page as PNG, base64. */
    String screenshot() throws InterruptedException {
        return command("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip()))
                .get("data").asString();
    }

    private Map<String, Object> clip() throws InterruptedException {
        return Map.of("x", 0, "y", 0, "scale", 1,
                "width", evaluate("document.documentElement.clientWidth").asInt(),
                "height", evaluate("document.documentElement.scrollHeight").asInt());
    }

    JsonNode command(String method, Map<String, Object> parameters) throws InterruptedException {
        int id = ++lastId;
        Map<String, Object> message = session == null
                ? Map.of("id", id, "method", method, "params", parameters)
                : Map.of("id", id, "method", method, "params", parameters, "sessionId", session);
        socket.sendText(JSON.writeValueAsString(message), true).join();
        while (true) {
            JsonNode answer = next(method);
            if (answer.has("id") && answer.get("id").asInt() == id) {
                if (answer.has("error")) {
                    throw new IllegalStateException(method + ": " + answer.get("error"));
                }
                return answer.get("result");
            }
        }
    }

    private void event(String method) throws InterruptedException {
        JsonNode message;
        do {
            message = next(method);
        } while (!message.has("method") || !message.get("method").asString().equals(method));
    }

    private JsonNode next(String waitingFor) throws InterruptedException {
        JsonNode message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new IllegalStateException("Chromium does not answer " + waitingFor);
        }
        switch (message.path("method").asString("")) {
            case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
                    complaints.add(message.get("params").toString());
            case "Network.requestWillBeSent" ->
                    requests.add(message.get("params").get("request").get("url").asString());
            default -> { }
        }
        return message;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        socket.abort();
        http.close();
        stop();
    }

    private void stop() throws IOException, InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        children.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle child : children) {
            child.onExit().join();
        }
        try (Stream<Path> files = Files.walk(userData)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Messages may come in parts. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                received.add(JSON.readTree(message.toString()));
                message.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
