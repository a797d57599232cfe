package dev.adze.profiles;

import dev.adze.profiles.Profile.Endpoint;
import dev.adze.profiles.Profile.Reporting;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The keys under {@code reporting}. */
final class ReportingKeys {
    private ReportingKeys() {}

    static Reporting read(CheckedYaml yaml, JsonNode root, Path folder) {
        JsonNode reporting = root.path("reporting");
        JsonNode prometheus = reporting.path("prometheus");
        for (String receiver : List.of("mqtt")) {
            if (reporting.has(receiver) && !reporting.has("forward")) {
                throw yaml.error("/reporting/" + receiver, "'reporting." + receiver + "' needs a folder where reports wait while there is "
                        + "no connection; name one under 'reporting.forward.folder'");
            }
        }
        return new Reporting(
                ProfileReader.millis(1000 * reporting.path("console-interval-s").asDouble(10)),
                ProfileReader.path(yaml, root, "/reporting/jsonl", folder),
                new JsonLinesBounds(
                        megabytes(reporting.path("jsonl-mb-per-hour"), JsonLinesBounds.DEFAULT.bytesPerHour()),
                        megabytes(reporting.path("jsonl-rotate-mb"), JsonLinesBounds.DEFAULT.rotateBytes()),
                        reporting.path("jsonl-files").asInt(JsonLinesBounds.DEFAULT.files())),
                prometheus.isMissingNode() ? Optional.empty() : Optional.of(new Endpoint(
                        prometheus.path("host").asString("127.0.0.1"), prometheus.path("port").asInt(9464))),
                reporting.has("forward") ? Optional.of(forward(yaml, root, folder)) : Optional.empty(),
                reporting.has("mqtt") ? Optional.of(mqtt(yaml, root, folder)) : Optional.empty(),
                reporting.has("otlp") ? Optional.of(OtlpKeys.read(yaml, root, folder)) : Optional.empty());
    }

    private static ForwardOptions forward(CheckedYaml yaml, JsonNode root, Path folder) {
        JsonNode forward = root.at("/reporting/forward");
        return new ForwardOptions(ProfileReader.path(yaml, root, "/reporting/forward/folder", folder).orElseThrow(),
                megabytes(forward.path("max-mb"), 16_000_000), ProfileReader.millis(forward.path("sync-ms").asDouble(1000)));
    }

    private static MqttOptions mqtt(CheckedYaml yaml, JsonNode root, Path folder) {
        JsonNode mqtt = root.at("/reporting/mqtt");
        String at = "/reporting/mqtt/";
        URI server = server(yaml, mqtt.path("server").asString());
        Optional<Path> certificate = ProfileReader.path(yaml, root, at + "certificate-file", folder);
        Optional<Path> key = ProfileReader.path(yaml, root, at + "key-file", folder);
        if (certificate.isPresent() != key.isPresent()) {
            throw yaml.error("/reporting/mqtt", "'reporting.mqtt' needs 'certificate-file' and 'key-file' together");
        }
        for (String tls : List.of("ca-file", "certificate-file")) {
            if (mqtt.has(tls) && server.getScheme().equals("mqtt")) {
                throw yaml.error(at + tls, "'reporting.mqtt." + tls + "' is for TLS; write the server as mqtts://");
            }
        }
        if (mqtt.has("password-file") && !mqtt.has("username")) {
            throw yaml.error(at + "password-file", "'reporting.mqtt.password-file' needs 'username' beside it");
        }
        if (mqtt.has("sparkplug") && mqtt.has("topic")) {
            throw yaml.error(at + "topic", "'reporting.mqtt.topic' is for JSON reports, but Sparkplug has topics of its own; "
                    + "leave out either it or 'sparkplug'");
        }
        String name = root.path("name").asString();
        return new MqttOptions(server, mqtt.path("client-id").asString("adze-" + name), mqtt.path("topic").asString("adze/" + name),
                ProfileReader.text(mqtt.path("username")), ProfileReader.path(yaml, root, at + "password-file", folder),
                ProfileReader.path(yaml, root, at + "ca-file", folder), certificate, key, mqtt.path("inputs").asBoolean(false),
                mqtt.path("keep-alive-s").asInt(30), mqtt.path("in-flight").asInt(32),
                mqtt.has("sparkplug") ? Optional.of(new SparkplugOptions(mqtt.at("/sparkplug/group").asString(),
                        mqtt.at("/sparkplug/node").asString(name), ProfileReader.text(mqtt.at("/sparkplug/primary-host")))) : Optional.empty());
    }

    /** The schema knows its form; the rest of the rules are the URI's own. */
    private static URI server(CheckedYaml yaml, String text) {
        try {
            URI server = new URI(text);
            if (server.getHost() != null && server.getPort() <= 65535 && server.getRawPath().isEmpty()) {
                return server;
            }
        } catch (URISyntaxException e) {
            // As below.
        }
        throw yaml.error("/reporting/mqtt/server", "'reporting.mqtt.server' is '" + CheckedYaml.shorten(text)
                + "', but must be mqtt://HOST:PORT or mqtts://HOST:PORT");
    }

    private static long megabytes(JsonNode node, long otherwise) {
        return node.isMissingNode() ? otherwise : Math.round(1e6 * node.asDouble());
    }
}
