package dev.adze.agent.serve;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import javax.net.ServerSocketFactory;

/**
 * A listening Unix socket in the shape that gRPC's transport asks for. Its file is for the owner and the group (0660); one that
 * is left of an agent that was killed is replaced, one that is answered at, or that is no socket, is not.
 */
final class UnixListener extends ServerSocket {
    private static final String PERMISSIONS = "rw-rw----";

    private final ServerSocketChannel channel;
    private Path file;

    UnixListener() throws IOException {
        channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    }

    /** Makes one such socket at a time, unbound. */
    static ServerSocketFactory factory() {
        return new ServerSocketFactory() {
            @Override
            public ServerSocket createServerSocket() throws IOException {
                return new UnixListener();
            }

            @Override
            public ServerSocket createServerSocket(int port) {
                throw noPort();
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog) {
                throw noPort();
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
                throw noPort();
            }
        };
    }

    /** gRPC's transport asks for an unbound one and binds it. */
    private static UnsupportedOperationException noPort() {
        return new UnsupportedOperationException("a Unix socket has a file, not a port");
    }

    @Override
    public void bind(SocketAddress address) throws IOException {
        bind(address, 0);
    }

    @Override
    public void bind(SocketAddress address, int backlog) throws IOException {
        Path wanted = ((UnixDomainSocketAddress) address).getPath();
        removeLeftOver(wanted);
        channel.bind(address, backlog);
        file = wanted;
        Files.setPosixFilePermissions(wanted, PosixFilePermissions.fromString(PERMISSIONS));
    }

    private static void removeLeftOver(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new IOException("there is a file that is no socket");
        }
        try (SocketChannel asking = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            throw new IOException("another program answers there");
        } catch (java.net.ConnectException e) {
            Files.deleteIfExists(file);
        }
    }

    @Override
    public Socket accept() throws IOException {
        return new UnixConnection(channel.accept());
    }

    @Override
    public boolean isBound() {
        return file != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return file == null ? null : UnixDomainSocketAddress.of(file);
    }

    @Override
    public void close() throws IOException {
        boolean open = channel.isOpen();
        channel.close();
        if (open && file != null) {
            Files.deleteIfExists(file);
        }
    }
}
