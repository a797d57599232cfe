package dev.adze.agent.status;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Asks a running agent how it is. */
public final class StatusClient {
    private static final long PATIENCE_MILLIS = 3_000;
    private static final int MOST_BYTES = 16 << 20;

    private StatusClient() {}

    /** What the agent at that socket says, within three seconds; empty if none answers. */
    public static Optional<String> ask(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX); Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            var answer = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(1 << 14);
            long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
            while (answer.size() < MOST_BYTES) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0 || selector.select(left) == 0) {
                    return Optional.empty();
                }
                selector.selectedKeys().clear();
                if (channel.read(piece) < 0) {
                    return answer.size() == 0 ? Optional.empty() : Optional.of(answer.toString(StandardCharsets.UTF_8));
                }
                answer.write(piece.array(), 0, piece.position());
                piece.clear();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
