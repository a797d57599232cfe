package dev.adze.agent.serve;

import dev.adze.agent.wire.ProtoWriter;
import dev.adze.runtime.latency.LatencyHistogram;
import dev.adze.runtime.latency.Percentile;
import io.grpc.Status;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Open-loop load: request i is due at start + i / rate whatever became of the others, and its latency counts from that
 * instant (no coordinated omission). One step of a sequence a request, one sequence a connection.
 *
 * <p>Arguments: http|grpc PORT MODEL CHANNELS RATE SECONDS CONNECTIONS
 */
final class LoadGenerator {
    private final String model;
    private final int channels;
    private final double rate;
    private final long requests;
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final AtomicLong ok = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private long start;

    private LoadGenerator(String model, int channels, double rate, double seconds) {
        this.model = model;
        this.channels = channels;
        this.rate = rate;
        requests = Math.round(rate * seconds);
    }

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[1]);
        int connections = Integer.parseInt(args[6]);
        // Half as long first, uncounted: Java compiles both sides.
        for (double seconds : new double[] {Double.parseDouble(args[5]) / 2, Double.parseDouble(args[5])}) {
            var load = new LoadGenerator(args[2], Integer.parseInt(args[3]), Double.parseDouble(args[4]), seconds);
            load.start = System.nanoTime() + 200_000_000L;
            if (args[0].equals("http")) {
                load.http(port, connections);
            } else {
                load.grpc(port);
            }
            load.print(args[0]);
        }
    }

    private long due(long i) {
        return start + Math.round(i * 1e9 / rate);
    }

    private static void await(long nanos) {
        long left;
        while ((left = nanos - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }

    private void answered(long dueNanos, int status) {
        long nanos = System.nanoTime() - dueNanos;
        synchronized (latencies) {
            latencies.record(nanos);
        }
        (status == 200 ? ok : status == 429 ? refused : failed).incrementAndGet();
    }

    private void http(int port, int connections) throws Exception {
        Thread[] threads = new Thread[connections];
        for (int c = 0; c < connections; c++) {
            int connection = c;
            threads[c] = new Thread(() -> connection(port, connection, connections));
            threads[c].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void connection(int port, int connection, int connections) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            var in = new BufferedInputStream(socket.getInputStream());
            for (long i = connection; i < requests; i += connections) {
                await(due(i));
                out.write(post("load" + connection, i == connection, i));
                answered(due(i), read(in));
            }
        } catch (IOException e) {
            failed.incrementAndGet();
            System.err.println(e);
        }
    }

    private byte[] post(String sequence, boolean first, long i) {
        var body = new StringBuilder("{\"parameters\":{\"sequence_id\":\"").append(sequence).append("\",\"sequence_start\":").append(first)
                .append("},\"inputs\":[{\"name\":\"sensors\",\"datatype\":\"FP32\",\"shape\":[1,").append(channels).append("],\"data\":[");
        for (int k = 0; k < channels; k++) {
            body.append(k == 0 ? "" : ",").append((i * 7 + k) % 100);
        }
        body.append("]}]}");
        return ("POST /v2/models/" + model + "/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static int read(InputStream in) throws IOException {
        int status = Integer.parseInt(line(in).split(" ")[1]);
        int length = 0;
        String header;
        while (!(header = line(in)).isEmpty()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        in.readNBytes(length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        int c;
        while ((c = in.read()) != '\n') {
            if (c < 0) {
                throw new IOException("the server closed the connection");
            }
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    private void grpc(int port) throws Exception {
        var underWay = new Semaphore(10_000);
        try (var client = new GrpcProbe(port)) {
            for (long i = 0; i < requests; i++) {
                await(due(i));
                long dueNanos = due(i);
                underWay.acquire();
                client.start("ModelInfer", message(i), (status, _) -> {
                    answered(dueNanos, status.isOk() ? 200 : status.getCode() == Status.Code.RESOURCE_EXHAUSTED ? 429 : 500);
                    underWay.release();
                });
                if (i == 0) { // no step may overtake the sequence's start
                    underWay.acquire(10_000);
                    underWay.release(10_000);
                }
            }
            underWay.acquire(10_000);
        }
    }

    private byte[] message(long i) {
        float[] values = new float[channels];
        for (int k = 0; k < channels; k++) {
            values[k] = (i * 7 + k) % 100;
        }
        return new ProtoWriter().string(1, model)
                .message(4, new ProtoWriter().string(1, "sequence_id").message(2, new ProtoWriter().string(3, "load")))
                .message(4, new ProtoWriter().string(1, "sequence_start").message(2, new ProtoWriter().flag(1, i == 0)))
                .message(5, new ProtoWriter().string(1, "sensors").string(2, "FP32").packed(3, new long[] {1, channels}))
                .bytes(7, ProtoWriter.floats(values)).toBytes();
    }

    private void print(String protocol) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "%s: offered %.0f/s, done %.0f/s, %d ok, %d refused, %d failed; p50 %s, p90 %s, p99 %s, p99.9 %s, max %s%n",
                protocol, rate, latencies.count() / seconds, ok.get(), refused.get(), failed.get(), latencies.text(Percentile.P50),
                latencies.text(Percentile.P90), latencies.text(Percentile.P99), latencies.text(Percentile.P99_9),
                LatencyHistogram.text(latencies.max().orElse(0)));
    }
}
