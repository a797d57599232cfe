package dev.adze.agent.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.adze.agent.serve.JsonProtocol.Body;
import dev.adze.agent.serve.Refusal.Why;
import dev.adze.agent.wire.HttpServerLimits;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import javax.net.ssl.SSLParameters;

/** The protocol over HTTP/1.1, on the JDK's own server: a virtual thread a request, which waits for its answer. */
final class HttpEndpoint implements AutoCloseable {
    private static final Pattern MODEL = Pattern.compile("/v2/models/([^/]{1,200})(?:/versions/([^/]{1,20}))?(/ready|/infer)?");
    /** How much of a body is JSON, where values follow it as bytes. */
    private static final String JSON_LENGTH = "Inference-Header-Content-Length";
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
                send(exchange, 200, answer(exchange));
            } catch (Refusal e) {
                if (e.why() == Why.OVERLOADED) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                }
                send(exchange, e.why().http(), Body.json(JsonProtocol.error(e.getMessage())));
            } catch (RuntimeException e) {
                send(exchange, 500, Body.json(JsonProtocol.error("this is a fault of adze-agent: " + ServedModel.shorten(e.toString()))));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, Body body) throws IOException {
        boolean mixed = body.jsonBytes() >= 0;
        exchange.getResponseHeaders().set("Content-Type", mixed ? "application/octet-stream" : "application/json");
        if (mixed) {
            exchange.getResponseHeaders().set(JSON_LENGTH, Integer.toString(body.jsonBytes()));
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.bytes().length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.bytes().length);
        exchange.getResponseBody().write(body.bytes());
    }

    private Body answer(HttpExchange exchange) throws Refusal, IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher found = MODEL.matcher(path == null ? "" : path);
        if (found.matches() && "/infer".equals(found.group(3))) {
            requireMethod(exchange, "POST");
            return infer(exchange, found);
        }
        String text = told(path == null ? "" : path, found);
        requireMethod(exchange, "GET", "HEAD");
        return Body.json(text);
    }

    private static void requireMethod(HttpExchange exchange, String... allowed) throws Refusal {
        if (!List.of(allowed).contains(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", allowed));
            throw new Refusal(Why.METHOD, "use " + String.join(" or ", allowed) + " here");
        }
    }

    private String told(String path, Matcher found) throws Refusal {
        return switch (path) {
            case "/v2", "/v2/" -> JsonProtocol.server(version);
            case "/v2/health/live" -> "{\"live\":true}";
            case "/v2/health/ready" -> "{\"ready\":true}";
            case "/v2/counts" -> JsonProtocol.counts(queue.counts());
            default -> {
                if (!found.matches()) {
                    throw new Refusal(Why.NOT_FOUND, "there is nothing at " + ServedModel.shorten(path));
                }
                requireModel(found);
                yield found.group(3) == null ? JsonProtocol.model(model) : "{\"name\":\"" + model.name() + "\",\"ready\":true}";
            }
        };
    }

    private void requireModel(Matcher found) throws Refusal {
        model.require(found.group(1), found.group(2) == null ? "" : found.group(2));
    }

    private JsonProtocol.Parsed read(HttpExchange exchange, Matcher found) throws Refusal, IOException {
        requireModel(found);
        byte[] body = body(exchange);
        String json = exchange.getRequestHeaders().getFirst(JSON_LENGTH);
        if (json != null && (!json.matches("[0-9]{1,9}") || Integer.parseInt(json) > body.length)) {
            throw new Refusal(Why.INVALID, JSON_LENGTH + " " + ServedModel.shorten(json) + " is no length within a body of " + body.length + " bytes");
        }
        return JsonProtocol.request(body, json == null ? body.length : Integer.parseInt(json), model);
    }

    private byte[] body(HttpExchange exchange) throws Refusal, IOException {
        String encoding = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Encoding")).orElse("identity").toLowerCase(Locale.ROOT);
        byte[] body;
        try (InputStream in = decoded(exchange, encoding)) {
            body = in.readNBytes(mostBytes + 1);
        } catch (ZipException | EOFException e) {
            throw new Refusal(Why.INVALID, "the body is not whole in its Content-Encoding, " + encoding);
        }
        if (body.length > mostBytes) {
            throw new Refusal(Why.INVALID, "the body is longer than " + mostBytes + " bytes; send fewer steps a request");
        }
        return body;
    }

    private static InputStream decoded(HttpExchange exchange, String encoding) throws Refusal, IOException {
        return switch (encoding) {
            case "identity" -> exchange.getRequestBody();
            case "gzip" -> new GZIPInputStream(exchange.getRequestBody());
            case "deflate" -> new InflaterInputStream(exchange.getRequestBody());
            default -> {
                exchange.getResponseHeaders().set("Accept-Encoding", "gzip, deflate");
                throw new Refusal(Why.ENCODING, "a body in Content-Encoding " + ServedModel.shorten(encoding)
                        + " cannot be read; send it plain, or in gzip or deflate");
            }
        };
    }

    private Body infer(HttpExchange exchange, Matcher found) throws Refusal, IOException {
        JsonProtocol.Parsed parsed;
        try {
            parsed = read(exchange, found);
        } catch (Refusal e) {
            queue.refusedUnread();
            throw e;
        }
        var answer = new CompletableFuture<InferAnswer>();
        queue.submit(parsed.request(), new InferenceQueue.Answered() {
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
            return JsonProtocol.answer(parsed, answer.get(), model);
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
