package dev.adze.profiles;

import dev.adze.profiles.Profile.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The model as a service for other programs on this device.
 *
 * @param http         where it answers over HTTP
 * @param grpc         where it answers over gRPC, by TCP
 * @param grpcSocket   where it answers over gRPC, by a Unix socket
 * @param tls          both sides show certificates; needed where an endpoint is not on the loopback
 * @param queue        requests that wait or are computed at most; more are refused
 * @param batchWindows windows that are computed together at most
 * @param batchDelay   that a window waits for others at most
 * @param sequences    whose state is kept at once at most
 * @param sequenceIdle after which a sequence that nobody goes on with is forgotten
 * @param requestBytes of one request at most
 */
public record Serving(Optional<Endpoint> http, Optional<Endpoint> grpc, Optional<Path> grpcSocket, Optional<Tls> tls, int queue,
        int batchWindows, Duration batchDelay, int sequences, Duration sequenceIdle, int requestBytes) {
    /**
     * @param keyStore     PKCS #12: our certificate and its key
     * @param trustStore   PKCS #12: who vouches for those that may ask
     * @param passwordFile whose first line opens both
     */
    public record Tls(Path keyStore, Path trustStore, Path passwordFile) {}
}
