package dev.adze.profiles;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The keys under {@code reporting.otlp}. */
final class OtlpKeys {
    private static final String AT = "/reporting/otlp/";
    private static final String PATH = "v1/metrics";
    /** Told by the message itself. */
    private static final Set<String> OURS = Set.of("connection", "content-length", "content-type", "content-encoding", "expect", "host",
            "transfer-encoding", "upgrade");

    private OtlpKeys() {}

    static OtlpOptions read(CheckedYaml yaml, JsonNode root, Path folder) {
        JsonNode otlp = root.at("/reporting/otlp");
        URI endpoint = endpoint(yaml, otlp.path("endpoint").asString());
        if (otlp.has("ca-file") && endpoint.getScheme().equals("http")) {
            throw yaml.error(AT + "ca-file", "'reporting.otlp.ca-file' is for TLS; write the endpoint as https://");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> header : otlp.path("headers").properties()) {
            if (OURS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                throw yaml.error(AT + "headers", "'reporting.otlp.headers' has '" + header.getKey()
                        + "', which the agent sets by itself; leave it out");
            }
            if (!header.getKey().matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
                throw yaml.error(AT + "headers", "'reporting.otlp.headers' has '" + CheckedYaml.shorten(header.getKey())
                        + "', but a name is of letters, digits and !#$%&'*+.^_`|~- without a space");
            }
            headers.put(header.getKey(), header.getValue().asString());
        }
        Optional<Path> authorities = ProfileReader.path(yaml, root, AT + "ca-file", folder);
        return new OtlpOptions(endpoint, headers, ProfileReader.millis(1000 * otlp.path("interval-s").asDouble(60)), authorities);
    }

    /** As OpenTelemetry's own variable for the endpoint of all signals: their paths follow it. */
    private static URI endpoint(CheckedYaml yaml, String text) {
        try {
            URI base = new URI(text);
            if (base.getHost() != null && base.getPort() <= 65535 && base.getRawQuery() == null && base.getRawFragment() == null
                    && base.getRawUserInfo() == null) {
                return URI.create(text + (text.endsWith("/") ? "" : "/") + PATH);
            }
        } catch (URISyntaxException e) {
            // As below.
        }
        throw yaml.error(AT + "endpoint", "'reporting.otlp.endpoint' is '" + CheckedYaml.shorten(text)
                + "', but must be http://HOST:PORT or https://HOST:PORT, to which /v1/metrics is added");
    }
}
