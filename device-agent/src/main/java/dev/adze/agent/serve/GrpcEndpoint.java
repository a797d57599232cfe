package dev.adze.agent.serve;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The protocol over gRPC, on grpc-java's OkHttp transport (no Netty). Messages are read and written by {@link ProtoProtocol}.
 * This is the only class of the agent, besides {@link GrpcCalls}, that needs gRPC: it is loaded where it is configured.
 */
final class GrpcEndpoint implements AutoCloseable {
    private static final String SERVICE = "inference.GRPCInferenceService";
    private static final long GRACE_MILLIS = 500;
    private static final int MOST_STREAMS = 256;
    /** It tells of each malformed connection with a stack trace; whoever can connect could fill the journal. Kept, as loggers are weakly held. */
    private static final Logger LIBRARY = Logger.getLogger("io.grpc");

    static {
        LIBRARY.setLevel(Level.SEVERE);
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final SocketAddress address;
    private final Server server;

    GrpcEndpoint(SocketAddress address, Optional<MutualTls> tls, ServedModel model, InferenceQueue queue, String version, int mostBytes) {
        ServerCredentials credentials = tls.<ServerCredentials>map(mutual -> TlsServerCredentials.newBuilder()
                .keyManager(mutual.keys().getKeyManagers()).trustManager(mutual.trusted().getTrustManagers())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE).build()).orElseGet(InsecureServerCredentials::create);
        var calls = new GrpcCalls(model, queue);
        this.address = address;
        OkHttpServerBuilder builder = OkHttpServerBuilder.forPort(address, credentials);
        if (address instanceof UnixDomainSocketAddress) {
            builder.socketFactory(UnixListener.factory());
        }
        server = builder.directExecutor().maxInboundMessageSize(mostBytes)
                .maxInboundMetadataSize(16 << 10).maxConcurrentCallsPerConnection(MOST_STREAMS).maxConnectionIdle(300, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS).permitKeepAliveWithoutCalls(true)
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(method("ServerLive", MethodType.UNARY), calls.unary(_ -> ProtoProtocol.yes()))
                        .addMethod(method("ServerReady", MethodType.UNARY), calls.unary(_ -> ProtoProtocol.yes()))
                        .addMethod(method("ModelReady", MethodType.UNARY), calls.unary(message -> {
                            ProtoProtocol.requireModel(message, model);
                            return ProtoProtocol.yes();
                        }))
                        .addMethod(method("ServerMetadata", MethodType.UNARY), calls.unary(_ -> ProtoProtocol.server(version)))
                        .addMethod(method("ModelMetadata", MethodType.UNARY), calls.unary(message -> {
                            ProtoProtocol.requireModel(message, model);
                            return ProtoProtocol.metadata(model);
                        }))
                        .addMethod(method("ModelInfer", MethodType.UNARY), calls.infer())
                        .addMethod(method("ModelStreamInfer", MethodType.BIDI_STREAMING), calls.streamInfer()).build()).build();
        try {
            server.start();
        } catch (IOException e) {
            throw new AdzeException(Kind.UNAVAILABLE, "cannot serve gRPC on " + address + ": " + e.getMessage()
                    + "; choose another place in serve.grpc", e);
        }
    }

    static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(BYTES, BYTES).setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name)).build();
    }

    /** For people. */
    String place() {
        return address instanceof UnixDomainSocketAddress ? "socket " + address : "port " + server.getPort();
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
