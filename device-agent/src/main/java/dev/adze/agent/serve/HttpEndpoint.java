package dev.adze.agent.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.adze.agent.serve.Refusal.Why;
import dev.adze.agent.wire.HttpServerLimits;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;

/** The protocol over HTTP/1.1, on the JDK's own server: a virtual thread a request, which waits for its answer. */
final class HttpEndpoint implements AutoCloseable {
    private static final Pattern MODEL = Pattern.compile("/v2/models/([^/]{1,200})(?:/versions/([^/]{1,20}))?(/ready|/infer)?");
    private static final int WAITING_CONNECTIONS = 128;

    private final ServedModel model;
    private final InferenceQueue queue;
    private final String version;
    private final int mostBytes;
    private final HttpServer server;
    private final ExecutorService threads;

    HttpEndpoint(InetSocketAddress address, Optional<MutualTls> tls, ServedModel model, InferenceQueue queue, String version, int mostBytes) {
        this.model = model;
        this.queue = queue;
        this.version = version;
        this.mostBytes = mostBytes;
        HttpServerLimits.set();
        try {
            server = tls.isPresent() ? HttpsServer.create(address, WAITING_CONNECTIONS) : HttpServer.create(address, WAITING_CONNECTIONS);
        } catch (IOException e) {
            throw new AdzeException(Kind.UNAVAILABLE, "cannot serve HTTP on " + address + ": " + e.getMessage()
                    + "; choose another host or port in serve.http", e);
        }
        tls.ifPresent(mutual -> ((HttpsServer) server).setHttpsConfigurator(new HttpsConfigurator(mutual.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        }));
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                String answer = answer(exchange);
                send(exchange, 200, answer);
            } catch (Refusal e) {
                if (e.why() == Why.OVERLOADED) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                }
                send(exchange, e.why().http(), JsonProtocol.error(e.getMessage()));
            } catch (RuntimeException e) {
                send(exchange, 500, JsonProtocol.error("this is a fault of adze-agent: " + ServedModel.shorten(e.toString())));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String answer(HttpExchange exchange) throws Refusal, IOException {
        String path = exchange.getRequestURI().getPath();
        boolean post = exchange.getRequestMethod().equals("POST");
        if (!post && !exchange.getRequestMethod().equals("GET")) {
            throw new Refusal(Why.INVALID, "use GET, and POST for infer");
        }
        switch (path == null ? "" : path) {
            case "/v2", "/v2/" -> {
                return JsonProtocol.server(version);
            }
            case "/v2/health/live" -> {
                return "{\"live\":true}";
            }
            case "/v2/health/ready" -> {
                return "{\"ready\":true}";
            }
            case "/v2/counts" -> {
                return JsonProtocol.counts(queue.counts());
            }
            case String other -> {
                Matcher found = MODEL.matcher(other);
                if (!found.matches()) {
                    throw new Refusal(Why.NOT_FOUND, "there is nothing at " + ServedModel.shorten(other));
                }
                model.require(found.group(1), found.group(2) == null ? "" : found.group(2));
                return switch (found.group(3)) {
                    case null -> JsonProtocol.model(model);
                    case "/ready" -> "{\"name\":\"" + model.name() + "\",\"ready\":true}";
                    default -> infer(exchange, post);
                };
            }
        }
    }

    private String infer(HttpExchange exchange, boolean post) throws Refusal, IOException {
        if (!post) {
            throw new Refusal(Why.INVALID, "infer wants POST");
        }
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readNBytes(mostBytes + 1);
        }
        if (body.length > mostBytes) {
            throw new Refusal(Why.INVALID, "the body is longer than " + mostBytes + " bytes; send fewer steps a request");
        }
        InferRequest request = JsonProtocol.request(body, model);
        var answer = new CompletableFuture<InferAnswer>();
        queue.submit(request, new InferenceQueue.Answered() {
            @Override
            public void answer(InferAnswer outputs) {
                answer.complete(outputs);
            }

            @Override
            public void refuse(Refusal refusal) {
                answer.completeExceptionally(refusal);
            }
        });
        try {
            return JsonProtocol.answer(request, answer.get(), model);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Refusal refusal ? refusal : new Refusal(Why.FAILED, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(Why.STOPPING, "the server is stopping");
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
