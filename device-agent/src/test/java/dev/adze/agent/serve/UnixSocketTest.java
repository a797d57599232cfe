package dev.adze.agent.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.profiles.Serving;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec.Mode;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.session.EdgeModel;
import io.grpc.Status;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnixSocketTest {
    @TempDir
    Path folder;

    private EdgeModel model;
    private Path socket;

    @BeforeEach
    void openModel() {
        socket = folder.resolve("model.sock");
        model = EdgeModel.open(TestBundles.write(folder.resolve("m.adze"), Mode.STREAM, 100, TestBundles.channel("a", "V")),
                KernelChoice.scalar());
    }

    @AfterEach
    void closeModel() {
        model.close();
    }

    private ModelService serve() {
        return ModelService.start(model, new Serving(Optional.empty(), Optional.empty(), Optional.of(socket), Optional.empty(), 8, 4,
                Duration.ZERO, 4, Duration.ofSeconds(60), 64 << 10), "1");
    }

    private Status.Code live() {
        try (var probe = new GrpcProbe(socket)) {
            return probe.unary("ServerLive", new byte[0]).status().getCode();
        }
    }

    @Test
    void ownerAndGroupAreAnsweredAsOverTcp() throws Exception {
        try (ModelService service = serve(); var probe = new GrpcProbe(socket); var second = new GrpcProbe(socket)) {
            assertEquals(List.of("serving gRPC on socket " + socket), service.addresses());
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
            // Field 1, varint, 1.
            assertArrayEquals(new byte[] {8, 1}, probe.unary("ServerReady", new byte[0]).message());
            assertArrayEquals(new byte[] {8, 1}, second.unary("ModelReady", "\n\ntest-model".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).message());
            assertEquals(Status.Code.NOT_FOUND, probe.unary("ModelReady", new byte[] {10, 1, 'x'}).status().getCode());
            assertEquals(Status.Code.INVALID_ARGUMENT, second.unary("ModelInfer", "\n\ntest-model".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).status().getCode());
        }
        assertFalse(Files.exists(socket), "the file is left");
        assertEquals(Status.Code.UNAVAILABLE, live());
    }

    @Test
    void whatAKilledAgentLeftIsReplaced() throws Exception {
        try (var killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(socket));
        }
        assertTrue(Files.exists(socket));
        try (ModelService _ = serve()) {
            assertEquals(Status.Code.OK, live());
        }
    }

    @Test
    void whatIsAnothersIsLeftAlone() throws Exception {
        try (ModelService _ = serve()) {
            var taken = assertThrows(AdzeException.class, () -> serve().close());
            assertEquals(AdzeException.Kind.UNAVAILABLE, taken.kind());
            assertEquals("cannot serve gRPC on " + socket + ": another program answers there; choose another place in serve.grpc", taken.getMessage());
            assertEquals(Status.Code.OK, live());
        }
        Files.writeString(socket, "mine");
        assertTrue(assertThrows(AdzeException.class, () -> serve().close()).getMessage().contains("there is a file that is no socket"));
        assertEquals("mine", Files.readString(socket));
    }
}
