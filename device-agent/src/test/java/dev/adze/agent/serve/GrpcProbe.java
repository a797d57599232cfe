package dev.adze.agent.serve;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.SocketFactory;

/** A gRPC client on grpc-java's call interface. */
final class GrpcProbe implements AutoCloseable {
    private final ManagedChannel channel;

    GrpcProbe(int port) {
        this("127.0.0.1", port, InsecureChannelCredentials.create());
    }

    GrpcProbe(String host, int port, ChannelCredentials credentials) {
        channel = OkHttpChannelBuilder.forAddress(host, port, credentials).directExecutor().build();
    }

    /** Over a Unix socket. */
    GrpcProbe(Path socket) {
        channel = OkHttpChannelBuilder.forAddress("localhost", 1, InsecureChannelCredentials.create()).directExecutor()
                .socketFactory(new SocketFactory() {
                    @Override
                    public Socket createSocket(InetAddress host, int port) throws IOException {
                        return new UnixConnection(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
                    }

                    @Override
                    public Socket createSocket(String host, int port) throws IOException {
                        return createSocket((InetAddress) null, port);
                    }

                    @Override
                    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
                        return createSocket((InetAddress) null, port);
                    }

                    @Override
                    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
                        return createSocket(host, port);
                    }
                }).build();
    }

    record Reply(Status status, byte[] message) {}

    Reply unary(String method, byte[] message) {
        var reply = new CompletableFuture<Reply>();
        start(method, message, (status, answer) -> reply.complete(new Reply(status, answer)));
        return reply.orTimeout(20, TimeUnit.SECONDS).join();
    }

    void start(String method, byte[] message, BiConsumer<Status, byte[]> done) {
        ClientCall<byte[], byte[]> call = channel.newCall(GrpcEndpoint.method(method, MethodType.UNARY), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
            private byte[] received;

            @Override
            public void onMessage(byte[] answer) {
                received = answer;
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                done.accept(status, received);
            }
        }, new Metadata());
        call.request(2);
        call.sendMessage(message);
        call.halfClose();
    }

    /** All messages at once, then the end; the answers in their order. */
    List<byte[]> stream(List<byte[]> messages) {
        var answers = new ArrayList<byte[]>();
        var done = new CompletableFuture<Status>();
        ClientCall<byte[], byte[]> call = channel.newCall(GrpcEndpoint.method("ModelStreamInfer", MethodType.BIDI_STREAMING), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(byte[] answer) {
                answers.add(answer);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                done.complete(status);
            }
        }, new Metadata());
        call.request(messages.size() + 1);
        messages.forEach(call::sendMessage);
        call.halfClose();
        Status status = done.orTimeout(20, TimeUnit.SECONDS).join();
        if (!status.isOk()) {
            throw new AssertionError(status.toString());
        }
        return answers;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
