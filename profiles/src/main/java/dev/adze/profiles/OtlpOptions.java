package dev.adze.profiles;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The collector that metrics are pushed to, by OTLP over HTTP.
 *
 * @param endpoint {@code http://HOST[:PORT][/PATH]} or {@code https://}, whole: with {@code /v1/metrics} at its end
 * @param headers  that every request carries, by name
 * @param interval between two pushes
 * @param caFile   certificates to trust, in PEM; without, the system's
 */
public record OtlpOptions(URI endpoint, Map<String, String> headers, Duration interval, Optional<Path> caFile) {
    public OtlpOptions {
        headers = Map.copyOf(headers);
    }
}
