package dev.adze.agent.serve;

import dev.adze.agent.ledger.ServingCounts;
import dev.adze.profiles.Profile.Endpoint;
import dev.adze.profiles.Serving;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.session.EdgeModel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A model that answers other programs, as a profile's {@code serve} says; docs/serving.md. */
public final class ModelService implements AutoCloseable {
    /** Of one request: some milliseconds of computing, so that nobody holds the others up for long. */
    private static final int MOST_STEPS = 4096;

    private final InferenceQueue queue;
    private final HttpEndpoint http;
    private final GrpcEndpoint grpc;

    private ModelService(InferenceQueue queue, HttpEndpoint http, GrpcEndpoint grpc) {
        this.queue = queue;
        this.http = http;
        this.grpc = grpc;
    }

    /**
     * @param version of the agent, for those who ask
     * @throws AdzeException USAGE if an endpoint is open to others without TLS; UNAVAILABLE if it cannot be had
     */
    public static ModelService start(EdgeModel model, Serving serving, String version) {
        Optional<InetSocketAddress> httpAddress = serving.http().map(e -> address("http", e, serving));
        Optional<? extends SocketAddress> grpcAddress = serving.grpcSocket().isPresent()
                ? serving.grpcSocket().map(UnixDomainSocketAddress::of) : serving.grpc().map(e -> address("grpc", e, serving));
        Optional<MutualTls> tls = serving.tls().map(t -> MutualTls.read(t.keyStore(), t.trustStore(), t.passwordFile()));
        var served = new ServedModel(model.manifest(), MOST_STEPS);
        var queue = new InferenceQueue(model, served, new InferenceQueue.Limits(serving.queue(), serving.batchWindows(),
                serving.batchDelay().toNanos(), serving.sequences(), serving.sequenceIdle().toNanos()), System::nanoTime);
        HttpEndpoint http = null;
        try {
            http = httpAddress.map(a -> new HttpEndpoint(a, tls, served, queue, version, serving.requestBytes())).orElse(null);
            // Who may open the socket's file may ask: no certificates there.
            Optional<MutualTls> grpcTls = serving.grpcSocket().isPresent() ? Optional.empty() : tls;
            GrpcEndpoint grpc = grpcAddress.map(a -> new GrpcEndpoint(a, grpcTls, served, queue, version, serving.requestBytes())).orElse(null);
            return new ModelService(queue, http, grpc);
        } catch (RuntimeException | Error e) {
            new ModelService(queue, http, null).close();
            throw e;
        }
    }

    private static InetSocketAddress address(String key, Endpoint endpoint, Serving serving) {
        InetAddress address;
        try {
            address = InetAddress.getByName(endpoint.host());
        } catch (UnknownHostException e) {
            throw new AdzeException(Kind.USAGE, "serve." + key + ".host " + endpoint.host() + " is unknown; use 127.0.0.1 or one of this machine's", e);
        }
        if (!address.isLoopbackAddress() && serving.tls().isEmpty()) {
            throw new AdzeException(Kind.USAGE, "serve." + key + " on " + endpoint.host() + " would be open to the network without"
                    + " certificates; set serve.tls, or the host to 127.0.0.1");
        }
        return new InetSocketAddress(address, endpoint.port());
    }

    public ServingCounts counts() {
        InferenceQueue.Counts now = queue.counts();
        return new ServingCounts(now.asked(), now.answered(), now.overloaded(), now.refused(), now.underWay(), now.sequences(),
                now.forgottenSequences());
    }

    /** Where it answers, for people. */
    public List<String> addresses() {
        var lines = new ArrayList<String>();
        if (http != null) {
            lines.add("serving HTTP on port " + http.port());
        }
        if (grpc != null) {
            lines.add("serving gRPC on " + grpc.place());
        }
        return lines;
    }

    @Override
    public void close() {
        try {
            queue.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (http != null) {
            http.close();
        }
        if (grpc != null) {
            grpc.close();
        }
    }
}
