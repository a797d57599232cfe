package dev.adze.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.profiles.Profile.Endpoint;
import dev.adze.profiles.Serving;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec.Mode;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.session.EdgeModel;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With certificates that the JDK's keytool makes. */
@Timeout(60)
class MutualTlsTest {
    private static final String PASSWORD = "secret-1";

    @TempDir
    Path folder;

    @Test
    void onlyThoseWithAVouchedCertificateAreAnswered() throws Exception {
        Path server = newKey("server");
        Path client = newKey("client");
        Path stranger = newKey("stranger");
        Path clients = vouching("client", client);
        Path servers = vouching("server", server);
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        Path absent = folder.resolve("absent");
        assertTrue(assertThrows(AdzeException.class, () -> MutualTls.read(server, clients, absent)).getMessage().contains(absent + " does not exist"));
        assertTrue(assertThrows(AdzeException.class, () -> MutualTls.read(server, password, password)).getMessage().contains(password + " cannot be read"));
        assertTrue(assertThrows(AdzeException.class, () -> MutualTls.read(clients, clients, password)).getMessage().contains("holds no key"));
        // As openssl makes one of certificates: Java sees none of them as trusted, and the server would refuse everybody.
        assertTrue(assertThrows(AdzeException.class, () -> MutualTls.read(server, server, password)).getMessage().contains("holds no certificate to trust"));
        var tls = new Serving.Tls(server, clients, password);
        var any = Optional.of(new Endpoint("127.0.0.1", 0));
        try (EdgeModel model = EdgeModel.open(TestBundles.write(folder.resolve("m.adze"), Mode.STREAM, 100,
                        TestBundles.channel("a", "V")), KernelChoice.scalar());
                ModelService service = ModelService.start(model, new Serving(any, any, Optional.empty(), Optional.of(tls), 8, 4,
                        Duration.ZERO, 4, Duration.ofSeconds(60), 64 << 10), "1")) {
            int port = port(service, 0);
            assertEquals("{\"live\":true}", get(port, MutualTls.read(client, servers, password)));
            assertThrows(IOException.class, () -> get(port, MutualTls.read(stranger, servers, password)), "nobody vouches for it");
            assertThrows(IOException.class, () -> get(port, MutualTls.read(client, clients, password)), "the server is another");
            assertThrows(IOException.class, () -> HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                    URI.create("http://localhost:" + port + "/v2/health/live")).timeout(Duration.ofSeconds(10)).build(),
                    HttpResponse.BodyHandlers.ofString()), "in the clear");
            assertEquals("{\"live\":true}", get(port, MutualTls.read(client, servers, password)), "it lives on");

            int grpc = port(service, 1);
            assertEquals(Status.Code.OK, live(grpc, credentials(MutualTls.read(client, servers, password))));
            assertEquals(Status.Code.UNAVAILABLE, live(grpc, credentials(MutualTls.read(stranger, servers, password))), "nobody vouches for it");
            assertEquals(Status.Code.UNAVAILABLE, live(grpc, credentials(MutualTls.read(client, clients, password))), "the server is another");
            assertEquals(Status.Code.UNAVAILABLE, live(grpc, TlsChannelCredentials.newBuilder()
                    .trustManager(MutualTls.read(client, servers, password).trusted().getTrustManagers()).build()), "without a certificate");
            assertEquals(Status.Code.UNAVAILABLE, live(grpc, InsecureChannelCredentials.create()), "in the clear");
            assertEquals(Status.Code.OK, live(grpc, credentials(MutualTls.read(client, servers, password))), "it lives on");
        }
        Path wrong = Files.writeString(folder.resolve("wrong"), "other-2");
        var e = assertThrows(AdzeException.class, () -> MutualTls.read(server, clients, wrong));
        assertEquals(AdzeException.Kind.USAGE, e.kind());
        assertTrue(e.getMessage().contains("server.p12"), e.getMessage());
    }

    private static String get(int port, MutualTls tls) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().sslContext(tls.context()).build()) {
            return http.send(HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/v2/health/live"))
                    .timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static int port(ModelService service, int address) {
        return Integer.parseInt(service.addresses().get(address).replaceAll(".* ", ""));
    }

    private static ChannelCredentials credentials(MutualTls tls) {
        return TlsChannelCredentials.newBuilder().keyManager(tls.keys().getKeyManagers())
                .trustManager(tls.trusted().getTrustManagers()).build();
    }

    private static Status.Code live(int port, ChannelCredentials credentials) {
        try (var probe = new GrpcProbe("localhost", port, credentials)) {
            return probe.unary("ServerLive", new byte[0]).status().getCode();
        }
    }

    private Path newKey(String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=dns:localhost", "-storetype", "PKCS12",
                "-keystore", file.toString(), "-storepass", PASSWORD).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), said);
        return file;
    }

    private Path vouching(String name, Path key) throws Exception {
        var from = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(key)) {
            from.load(in, PASSWORD.toCharArray());
        }
        var to = KeyStore.getInstance("PKCS12");
        to.load(null, null);
        to.setCertificateEntry(name, from.getCertificate(name));
        Path file = folder.resolve(name + "s.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            to.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}
