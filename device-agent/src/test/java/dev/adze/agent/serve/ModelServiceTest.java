package dev.adze.agent.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.agent.wire.ProtoWriter;
import dev.adze.profiles.Profile.Endpoint;
import dev.adze.profiles.Serving;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec.Mode;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.session.EdgeModel;
import io.grpc.Status;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class ModelServiceTest {
    private static final int STEPS = 12;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    private EdgeModel model(Mode mode) {
        return EdgeModel.open(TestBundles.write(folder.resolve(mode + ".adze"), mode, 100, TestBundles.channel("a", "V"),
                TestBundles.channel("b", "")), KernelChoice.scalar());
    }

    private static Serving serving(Optional<Endpoint> http, Optional<Endpoint> grpc, int sequences) {
        return new Serving(http, grpc, Optional.empty(), Optional.empty(), 64, 16, Duration.ofMillis(2), sequences, Duration.ofSeconds(60), 64 << 10);
    }

    private static ModelService both(EdgeModel model) {
        var any = Optional.of(new Endpoint("127.0.0.1", 0));
        return ModelService.start(model, serving(any, any, 3), "1.2");
    }

    private static int port(ModelService service, int index) {
        return Integer.parseInt(service.addresses().get(index).replaceAll(".* ", ""));
    }

    private HttpResponse<String> send(int port, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Rows of [a, b]; one value in five is missing. */
    private static float[][] rows(int steps, long seed) {
        var random = new Random(seed);
        float[][] rows = new float[steps][2];
        for (float[] row : rows) {
            row[0] = 40 * random.nextFloat();
            row[1] = random.nextInt(5) == 0 ? Float.NaN : random.nextFloat();
        }
        return rows;
    }

    private static float[] flat(float[][] rows) {
        float[] flat = new float[2 * rows.length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = rows[i / 2][i % 2];
        }
        return flat;
    }

    /** What a session says step by step. */
    private static float[][] expected(EdgeModel model, float[][] rows) {
        float[][] all = new float[rows.length][2];
        try (var session = model.newModelSession()) {
            for (int t = 0; t < rows.length; t++) {
                session.preprocess(rows[t].clone());
                session.infer(all[t]);
            }
        }
        return all;
    }

    private static String json(float[][] rows, String parameters) {
        var data = new StringBuilder();
        for (float value : flat(rows)) {
            data.append(data.isEmpty() ? "" : ",").append(Float.isNaN(value) ? "null" : Float.toString(value));
        }
        return "{\"id\":\"q\\\"1\"," + parameters + "\"inputs\":[{\"name\":\"sensors\",\"datatype\":\"FP32\",\"shape\":[" + rows.length
                + ",2],\"data\":[" + data + "]}]}";
    }

    private static float[] outputs(String answer) {
        JsonNode data = JsonMapper.shared().readTree(answer).at("/outputs/0/data");
        float[] values = new float[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) data.get(i).asDouble();
        }
        return values;
    }

    private static byte[] proto(float[][] rows, String sequence, boolean start, boolean raw) {
        byte[] floats = ProtoWriter.floats(flat(rows));
        var tensor = new ProtoWriter().string(1, "sensors").string(2, "FP32").packed(3, new long[] {1, rows.length, 2});
        if (!raw) {
            tensor.message(5, new ProtoWriter().bytes(6, floats));
        }
        var out = new ProtoWriter().string(1, "test-model").string(3, "g7").message(5, tensor);
        if (!sequence.isEmpty()) {
            out.message(4, new ProtoWriter().string(1, "sequence_id").message(2, new ProtoWriter().string(3, sequence)));
            out.message(4, new ProtoWriter().string(1, "sequence_start").message(2, new ProtoWriter().flag(1, start)));
        }
        return (raw ? out.bytes(7, floats) : out).toBytes();
    }

    /** The little-endian floats at the end of an answer. */
    private static float[] tail(byte[] message, int count) {
        float[] values = new float[count];
        var in = java.nio.ByteBuffer.wrap(message).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            values[i] = in.getFloat(message.length - 4 * (count - i));
        }
        return values;
    }

    @Test
    void itTellsOfItselfAsTheProtocolSays() throws Exception {
        try (EdgeModel model = model(Mode.STREAM); ModelService service = both(model); var grpc = new GrpcProbe(port(service, 1))) {
            int port = port(service, 0);
            assertEquals("{\"live\":true}", send(port, "/v2/health/live", null).body());
            assertEquals("{\"ready\":true}", send(port, "/v2/health/ready", null).body());
            assertEquals("sequence", JsonMapper.shared().readTree(send(port, "/v2", null).body()).at("/extensions/0").asString());
            JsonNode metadata = JsonMapper.shared().readTree(send(port, "/v2/models/test-model/versions/1", null).body());
            assertEquals("[-1,-1,2]", metadata.at("/inputs/0/shape").toString());
            assertEquals("a[V],b[]", metadata.at("/inputs/0/parameters/channels").asString());
            assertEquals(404, send(port, "/v2/models/other", null).statusCode());
            assertEquals(404, send(port, "/v2/models/test-model/versions/2/ready", null).statusCode());
            assertEquals(404, send(port, "/metrics", null).statusCode());
            // Field 1, varint, 1: by hand from the encoding's specification.
            for (String method : List.of("ServerLive", "ServerReady")) {
                assertArrayEquals(new byte[] {8, 1}, grpc.unary(method, new byte[0]).message());
            }
            byte[] name = "\n\ntest-model".getBytes(StandardCharsets.US_ASCII);
            assertArrayEquals(new byte[] {8, 1}, grpc.unary("ModelReady", name).message());
            assertTrue(new String(grpc.unary("ModelMetadata", name).message(), StandardCharsets.ISO_8859_1).contains("adze_bundle"));
            assertTrue(new String(grpc.unary("ServerMetadata", new byte[0]).message(), StandardCharsets.ISO_8859_1).contains("adze-agent"));
            assertEquals(Status.Code.NOT_FOUND, grpc.unary("ModelReady", new byte[] {10, 1, 'x'}).status().getCode());
        }
    }

    @Test
    void answersHaveTheBitsOfASessionOverHttpAndGrpc() throws Exception {
        for (Mode mode : Mode.values()) {
            try (EdgeModel model = model(mode); ModelService service = both(model); var grpc = new GrpcProbe(port(service, 1))) {
                float[][] rows = rows(STEPS, 7);
                float[][] all = expected(model, rows);
                float[] wanted = mode == Mode.STREAM ? flat(all) : all[STEPS - 1];
                String answer = send(port(service, 0), "/v2/models/test-model/infer", json(rows, "")).body();
                assertArrayEquals(wanted, outputs(answer), answer);
                assertEquals("q\"1", JsonMapper.shared().readTree(answer).path("id").asString());
                for (boolean raw : new boolean[] {false, true}) {
                    GrpcProbe.Reply reply = grpc.unary("ModelInfer", proto(rows, "", false, raw));
                    assertTrue(reply.status().isOk(), reply.status().toString());
                    assertArrayEquals(wanted, tail(reply.message(), wanted.length), mode + " raw " + raw);
                }
            }
        }
    }

    @Test
    void aSequencesStateIsKeptByTheServerOverBothProtocols() throws Exception {
        try (EdgeModel model = model(Mode.STREAM); ModelService service = both(model); var grpc = new GrpcProbe(port(service, 1))) {
            float[][] rows = rows(STEPS, 8);
            float[][] wanted = expected(model, rows);
            var messages = new ArrayList<byte[]>();
            String infer = "/v2/models/test-model/infer";
            for (int t = 0; t < STEPS; t++) {
                float[][] row = {rows[t]};
                String parameters = "\"parameters\":{\"sequence_id\":42,\"sequence_start\":" + (t == 0) + ",\"sequence_end\":" + (t == STEPS - 1) + "},";
                // Others in between must not matter.
                send(port(service, 0), infer, json(rows, ""));
                assertArrayEquals(wanted[t], outputs(send(port(service, 0), infer, json(row, parameters)).body()), "step " + t);
                messages.add(proto(row, "stream", t == 0, true));
            }
            List<byte[]> answers = grpc.stream(messages);
            assertEquals(STEPS, answers.size());
            for (int t = 0; t < STEPS; t++) {
                assertArrayEquals(wanted[t], tail(answers.get(t), 2), "step " + t);
            }
            HttpResponse<String> ended = send(port(service, 0), infer, json(rows, "\"parameters\":{\"sequence_id\":42},"));
            assertEquals(400, ended.statusCode());
            assertTrue(ended.body().contains("begin it with sequence_start"), ended.body());
            int refused = 0;
            for (int id = 1; id <= 4; id++) {
                refused += send(port(service, 0), infer, json(rows, "\"parameters\":{\"sequence_id\":\"s" + id + "\",\"sequence_start\":true},"))
                        .statusCode() == 429 ? 1 : 0;
            }
            assertEquals(2, refused, "one sequence is open and three may be");
        }
    }

    @Test
    void windowsThatWaitTogetherAreComputedTogetherWithTheSameBits() throws Exception {
        try (EdgeModel model = model(Mode.WINDOW)) {
            var served = new ServedModel(model.manifest(), 4096);
            var gate = new CountDownLatch(1);
            var inAnswer = new CountDownLatch(1);
            var answers = new ArrayList<CompletableFuture<InferAnswer>>();
            try (var queue = new InferenceQueue(model, served, new InferenceQueue.Limits(8, 16, 0, 4, 1L << 40), System::nanoTime)) {
                queue.submit(served.request("", "sensors", "FP32", new long[] {STEPS, 2}, flat(rows(STEPS, 1)), "", false, false),
                        new InferenceQueue.Answered() {
                            @Override
                            public void answer(InferAnswer answer) {
                                inAnswer.countDown();
                                try {
                                    gate.await();
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            }

                            @Override
                            public void refuse(Refusal refusal) {}
                        });
                inAnswer.await();
                for (int i = 0; i < 11; i++) {
                    var answer = new CompletableFuture<InferAnswer>();
                    answers.add(answer);
                    queue.submit(served.request("", "sensors", "FP32", new long[] {1, STEPS, 2}, flat(rows(STEPS, 100 + i)), "", false, false),
                            new InferenceQueue.Answered() {
                                @Override
                                public void answer(InferAnswer outputs) {
                                    answer.complete(outputs);
                                }

                                @Override
                                public void refuse(Refusal refusal) {
                                    answer.completeExceptionally(refusal);
                                }
                            });
                }
                var full = queue.counts();
                assertEquals(3, full.overloaded(), "eight places, eleven requests");
                assertEquals(8, full.underWay());
                assertEquals(full.asked(), full.answered() + full.overloaded() + full.refused() + full.underWay());
                gate.countDown();
                for (int i = 0; i < 8; i++) {
                    assertArrayEquals(expected(model, rows(STEPS, 100 + i))[STEPS - 1], answers.get(i).get().values(), "window " + i);
                }
                assertEquals(2, queue.counts().batches(), "the first alone, then eight together");
                assertEquals(9, queue.counts().windows());
            }
            for (int i = 8; i < 11; i++) {
                assertTrue(answers.get(i).isCompletedExceptionally());
            }
        }
    }

    @Test
    void anIdleSequenceIsForgottenAndCounted() throws Exception {
        long[] now = new long[1];
        try (EdgeModel model = model(Mode.STREAM)) {
            var served = new ServedModel(model.manifest(), 4096);
            try (var queue = new InferenceQueue(model, served, new InferenceQueue.Limits(8, 16, 0, 4, 5_000_000_000L), () -> now[0])) {
                assertEquals("ok", ask(queue, served, "x", true));
                now[0] = 6_000_000_000L;
                assertEquals("ok", ask(queue, served, "", false)); // any request makes the sweep come round
                while (queue.counts().forgottenSequences() == 0) {
                    Thread.onSpinWait();
                }
                assertTrue(ask(queue, served, "x", false).contains("idle too long"));
            }
        }
    }

    private static String ask(InferenceQueue queue, ServedModel served, String sequence, boolean start) throws Exception {
        var told = new CompletableFuture<String>();
        queue.submit(served.request("", "sensors", "FP32", new long[] {1, 2}, new float[2], sequence, start, false), new InferenceQueue.Answered() {
            @Override
            public void answer(InferAnswer answer) {
                told.complete("ok");
            }

            @Override
            public void refuse(Refusal refusal) {
                told.complete(refusal.getMessage());
            }
        });
        return told.get();
    }

    private HttpResponse<byte[]> send(int port, String method, byte[] body, String... headers) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/models/test-model/infer")).headers(headers)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void valuesMayFollowTheJsonAsBytesAndBodiesMayBeCompressed() throws Exception {
        float[][] rows = rows(5, 3);
        try (EdgeModel model = model(Mode.STREAM); ModelService service = both(model)) {
            int port = port(service, 0);
            float[] expected = outputs(send(port, "/v2/models/test-model/infer", json(rows, "")).body());
            String head = "{\"inputs\":[{\"name\":\"sensors\",\"datatype\":\"FP32\",\"shape\":[5,2],\"parameters\":{\"binary_data_size\":40}}],"
                    + "\"outputs\":[{\"name\":\"outputs\",\"parameters\":{\"binary_data\":true}}]}";
            byte[] floats = ProtoWriter.floats(flat(rows));
            byte[] body = Arrays.copyOf(head.getBytes(StandardCharsets.UTF_8), head.length() + 40);
            System.arraycopy(floats, 0, body, head.length(), 40);

            String length = "Inference-Header-Content-Length";
            HttpResponse<byte[]> answer = send(port, "POST", body, length, Integer.toString(head.length()));
            assertEquals(200, answer.statusCode());
            assertEquals("application/octet-stream", answer.headers().firstValue("content-type").orElseThrow());
            int json = Integer.parseInt(answer.headers().firstValue(length).orElseThrow());
            JsonNode output = JsonMapper.shared().readTree(answer.body(), 0, json).at("/outputs/0");
            assertEquals(40, output.at("/parameters/binary_data_size").asInt());
            assertTrue(output.path("data").isMissingNode(), output.toString());
            assertEquals(json + 40, answer.body().length);
            assertArrayEquals(expected, tail(answer.body(), 10));
            for (String wrong : List.of("0", Integer.toString(head.length() - 1), Integer.toString(head.length() + 4), "99999", "-1", "x")) {
                assertEquals(400, send(port, "POST", body, length, wrong).statusCode(), wrong);
            }
            assertEquals(400, send(port, "POST", Arrays.copyOf(body, body.length - 1), length, Integer.toString(head.length())).statusCode());

            byte[] plain = json(rows, "").getBytes(StandardCharsets.UTF_8);
            var zipped = new java.io.ByteArrayOutputStream();
            try (var gzip = new java.util.zip.GZIPOutputStream(zipped)) {
                gzip.write(plain);
            }
            answer = send(port, "POST", zipped.toByteArray(), "Content-Encoding", "gzip");
            assertArrayEquals(expected, outputs(new String(answer.body(), StandardCharsets.UTF_8)));
            assertEquals(400, send(port, "POST", plain, "Content-Encoding", "gzip").statusCode());
            assertEquals(400, send(port, "POST", Arrays.copyOf(zipped.toByteArray(), zipped.size() / 2), "Content-Encoding", "gzip").statusCode());
            assertEquals(415, send(port, "POST", plain, "Content-Encoding", "br").statusCode());
            // Half a gigabyte of nothing in half a megabyte would be refused the same: no more than the bound is unpacked.
            var bomb = new java.io.ByteArrayOutputStream();
            try (var gzip = new java.util.zip.GZIPOutputStream(bomb)) {
                gzip.write(new byte[10 << 20]);
            }
            assertEquals(400, send(port, "POST", bomb.toByteArray(), "Content-Encoding", "gzip").statusCode());

            JsonNode counts = JsonMapper.shared().readTree(send(port, "/v2/counts", null).body());
            assertEquals("3 11", counts.get("answered").asLong() + " " + counts.get("refused").asLong(), counts.toString());
            assertEquals(14, counts.get("asked").asLong());
        }
    }

    @Test
    void otherMethodsAndOutputsAreToldWhatThereIs() throws Exception {
        try (EdgeModel model = model(Mode.STREAM); ModelService service = both(model)) {
            int port = port(service, 0);
            HttpResponse<byte[]> got = send(port, "GET", new byte[0], "Accept", "*/*");
            assertEquals(405, got.statusCode());
            assertEquals("POST", got.headers().firstValue("allow").orElseThrow());
            HttpResponse<String> posted = send(port, "/v2/health/live", "{}");
            assertEquals(405, posted.statusCode());
            assertEquals("GET, HEAD", posted.headers().firstValue("allow").orElseThrow());
            HttpResponse<String> head = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/health/ready")).HEAD().build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(200, head.statusCode());
            assertEquals("14", head.headers().firstValue("content-length").orElseThrow());
            HttpResponse<String> other = send(port, "/v2/models/test-model/infer", json(rows(1, 1), "\"outputs\":[{\"name\":\"class\"}],"));
            assertEquals(400, other.statusCode());
            assertTrue(other.body().contains("there is no output 'class'; it is called 'outputs'"), other.body());
            HttpResponse<String> nan = send(port, "/v2/models/test-model/infer", json(rows(1, 1), "").replaceFirst("\\d+\\.\\d+", "NaN"));
            assertTrue(nan.body().contains("write null"), nan.body());
        }
    }

    @Test
    void malformedHttpIsRefusedAndTheServerLivesOn() throws Exception {
        long seed = 20261121;
        var random = new Random(seed);
        try (EdgeModel model = model(Mode.STREAM); ModelService service = both(model)) {
            int port = port(service, 0);
            byte[] good = json(rows(3, 1), "\"parameters\":{\"sequence_id\":0},").getBytes(StandardCharsets.UTF_8);
            String infer = "/v2/models/test-model/infer";
            for (String bad : List.of("", "{", "[]", "null", "{\"inputs\":{}}", "{\"inputs\":[{}]}", "[".repeat(5000),
                    json(rows(3, 1), "").replace("[3,2]", "[3,3]"), json(rows(3, 1), "").replace("[3,2]", "[9223372036854775807,2]"),
                    json(rows(3, 1), "").replace("[3,2]", "[4611686018427387904,4611686018427387904,2]"),
                    json(rows(3, 1), "").replace("FP32", "INT8"), json(rows(3, 1), "").replaceFirst("null|\\d+\\.\\d+", "1e999"),
                    json(rows(3, 1), "\"parameters\":{\"sequence_start\":true},"), " ".repeat(70 << 10))) {
                assertEquals(400, send(port, infer, bad).statusCode(), bad.substring(0, Math.min(80, bad.length())));
            }
            for (int i = 0; i < 150; i++) {
                byte[] body = mutate(good, random);
                int status = send(port, infer, new String(body, StandardCharsets.ISO_8859_1)).statusCode();
                assertTrue(status == 200 || status == 400, "seed " + seed + " case " + i + ": " + status);
            }
            byte[] head = ("POST " + infer + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + good.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 60; i++) {
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    socket.getOutputStream().write(mutate(head, random));
                    socket.getOutputStream().write(good, 0, random.nextInt(good.length));
                } catch (java.io.IOException e) {
                    // The server closed it: its right.
                }
            }
            assertEquals(200, send(port, infer, new String(good, StandardCharsets.UTF_8)).statusCode());
            JsonNode counts = JsonMapper.shared().readTree(send(port, "/v2/counts", null).body());
            assertEquals(counts.get("asked").asLong(), counts.get("answered").asLong() + counts.get("overloaded").asLong()
                    + counts.get("refused").asLong() + counts.get("underWay").asLong(), counts.toString());
        }
    }

    @Test
    void malformedGrpcIsRefusedAndTheServerLivesOn() throws Exception {
        long seed = 20261122;
        var random = new Random(seed);
        try (EdgeModel model = model(Mode.STREAM); ModelService service = both(model); var grpc = new GrpcProbe(port(service, 1))) {
            byte[] good = proto(rows(3, 2), "", false, true);
            for (int i = 0; i < 400; i++) {
                byte[] message = mutate(i % 2 == 0 ? good : proto(rows(3, 2), "f", true, false), random);
                Status.Code code = grpc.unary("ModelInfer", message).status().getCode();
                assertTrue(List.of(Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND, Status.Code.RESOURCE_EXHAUSTED)
                        .contains(code), "seed " + seed + " case " + i + ": " + code);
            }
            // Not even HTTP/2: garbage, and frames after a right preface.
            for (int i = 0; i < 60; i++) {
                byte[] bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress("127.0.0.1", port(service, 1)));
                    socket.setSoTimeout(5);
                    if (i % 2 == 0) {
                        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                    socket.getOutputStream().write(bytes);
                    InputStream in = socket.getInputStream();
                    in.read();
                } catch (java.io.IOException e) {
                    // Closed or silent: its right.
                }
            }
            // RESOURCE_EXHAUSTED, or what the client makes of a stream that the server ends while it still sends.
            assertFalse(grpc.unary("ModelInfer", new byte[100_000]).status().isOk(), "too long");
            try (var again = new GrpcProbe(port(service, 1))) {
                assertTrue(again.unary("ModelInfer", good).status().isOk());
            }
        }
    }

    private static byte[] mutate(byte[] good, Random random) {
        byte[] bytes = good.clone();
        for (int k = random.nextInt(4); k >= 0; k--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(3) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    @Test
    void anEndpointOpenToTheNetworkNeedsCertificates() {
        try (EdgeModel model = model(Mode.STREAM)) {
            var open = Optional.of(new Endpoint("0.0.0.0", 0));
            var e = assertThrows(AdzeException.class, () -> ModelService.start(model, serving(open, Optional.empty(), 3), "1"));
            assertEquals(AdzeException.Kind.USAGE, e.kind());
            assertTrue(e.getMessage().contains("set serve.tls"), e.getMessage());
            assertThrows(AdzeException.class, () -> ModelService.start(model, serving(Optional.empty(), open, 3), "1"));
        }
    }
}
