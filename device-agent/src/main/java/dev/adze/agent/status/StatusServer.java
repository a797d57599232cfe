package dev.adze.agent.status;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/**
 * Tells whoever connects to a Unix socket how the agent is: one JSON object, then the end. Nothing is read from the
 * other side, and nothing is written to a disk.
 */
public final class StatusServer implements AutoCloseable {
    private final Path socket;
    private final ServerSocketChannel listening;
    private final Supplier<String> status;

    private StatusServer(Path socket, ServerSocketChannel listening, Supplier<String> status) {
        this.socket = socket;
        this.listening = listening;
        this.status = status;
    }

    /**
     * Listens in the folder under the profile's name; where another agent of it runs, under that and the process's number.
     *
     * @throws IOException if it cannot: the agent does without
     */
    public static StatusServer start(Path folder, String profile, Supplier<String> status) throws IOException {
        Path socket = folder.resolve(StatusSockets.name(profile));
        if (Files.exists(socket)) {
            if (StatusClient.ask(socket).isPresent()) {
                socket = folder.resolve(StatusSockets.name(profile + "-" + ProcessHandle.current().pid()));
            }
            Files.deleteIfExists(socket); // of an agent that was killed
        }
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listening.bind(UnixDomainSocketAddress.of(socket));
            // The folder says who may ask: of a user's own nobody else, of a service's the group too.
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwx---"));
        } catch (IOException | RuntimeException e) {
            listening.close();
            throw e;
        }
        var server = new StatusServer(socket, listening, status);
        var thread = new Thread(server::serve, "status");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private void serve() {
        while (listening.isOpen()) {
            try (SocketChannel asking = listening.accept()) {
                // A status fits the socket's buffer, so whoever does not read holds nothing up; the rest is not theirs.
                asking.configureBlocking(false);
                asking.write(ByteBuffer.wrap(status.get().getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // Closed, or the other side went away.
            }
        }
    }

    public Path socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            listening.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // The next agent takes a socket that nobody answers at for what it is.
        }
    }
}
