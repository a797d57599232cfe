package dev.adze.agent.otlp;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An HTTP server that takes pushes, and answers as ordered; without orders by 200 and nothing. */
final class Collector implements AutoCloseable {
    record Push(String method, String path, Headers headers, byte[] body, long nanos) {}

    record Answer(int code, String retryAfter, byte[] body) {}

    static final Answer NEVER = new Answer(0, null, new byte[0]);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    final BlockingQueue<Push> pushes = new LinkedBlockingQueue<>();
    final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();

    /** @param port 0 for any free one */
    Collector(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port() + "/v1/metrics");
    }

    Collector answers(int code, String retryAfter) {
        answers.add(new Answer(code, retryAfter, new byte[0]));
        return this;
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Answer answer = answers.isEmpty() ? new Answer(200, null, new byte[0]) : answers.remove();
        pushes.add(new Push(exchange.getRequestMethod(), exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body, System.nanoTime()));
        if (answer == NEVER) {
            return;
        }
        if (answer.retryAfter() != null) {
            exchange.getResponseHeaders().set("Retry-After", answer.retryAfter());
        }
        exchange.sendResponseHeaders(answer.code(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
        exchange.close();
    }

    Push next() throws InterruptedException {
        Push push = pushes.poll(30, TimeUnit.SECONDS);
        if (push == null) {
            throw new AssertionError("nothing was pushed for 30 s");
        }
        return push;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
