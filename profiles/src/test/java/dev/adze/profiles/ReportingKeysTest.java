package dev.adze.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportingKeysTest {
    private static final Path FOLDER = Path.of("/site");
    private static final String FULL = """
            adze-profile: 1
            name: press-7
            device: {board: test bench}
            sensors: {rate-hz: 4}
            alarms:
              - {name: hot, output: temp, above: 80, mqtt: plant/hot}
            reporting:
              forward:
                folder: waiting
                max-mb: 0.5
                sync-ms: 20
              mqtt:
                server: mqtts://broker.example:9883
                client-id: seven
                topic: plant/press 7
                username: u
                password-file: pw
                ca-file: /etc/ca.pem
                certificate-file: me.pem
                key-file: me.key
                inputs: true
                keep-alive-s: 5
                in-flight: 7
            """;

    private static Profile parse(String yaml) {
        return ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), FOLDER);
    }

    @Test
    void everyKeyArrives() {
        Profile.Reporting reporting = parse(FULL).reporting();
        assertEquals(Optional.of(new ForwardOptions(FOLDER.resolve("waiting"), 500_000, Duration.ofMillis(20))), reporting.forward());
        assertEquals(Optional.of(new MqttOptions(URI.create("mqtts://broker.example:9883"), "seven", "plant/press 7", Optional.of("u"),
                Optional.of(FOLDER.resolve("pw")), Optional.of(Path.of("/etc/ca.pem")), Optional.of(FOLDER.resolve("me.pem")),
                Optional.of(FOLDER.resolve("me.key")), true, 5, 7, Optional.empty())), reporting.mqtt());
        assertEquals(9883, reporting.mqtt().get().port());
        assertEquals(Optional.of("plant/hot"), parse(FULL).alarms().getFirst().mqtt());
    }

    @Test
    void whatIsLeftOutTakesTheDefaultsThatTheSchemaStates() {
        Profile.Reporting reporting = parse("""
                adze-profile: 1
                name: press-7
                device: {board: test bench}
                sensors: {rate-hz: 4}
                reporting: {forward: {folder: f}, mqtt: {server: "mqtt://[::1]"}}
                """).reporting();
        var schema = ProfileReader.schema().json().at("/properties/reporting/properties");
        var forward = schema.at("/forward/properties");
        assertEquals(new ForwardOptions(FOLDER.resolve("f"), 1_000_000L * forward.at("/max-mb/default").asInt(),
                Duration.ofMillis(forward.at("/sync-ms/default").asInt())), reporting.forward().orElseThrow());
        MqttOptions mqtt = reporting.mqtt().orElseThrow();
        assertEquals("adze-press-7", mqtt.clientId());
        assertEquals("adze/press-7", mqtt.topic());
        assertEquals(1883, mqtt.port());
        assertEquals(schema.at("/mqtt/properties/keep-alive-s/default").asInt(), mqtt.keepAliveSeconds());
        assertEquals(schema.at("/mqtt/properties/in-flight/default").asInt(), mqtt.inFlight());
        assertEquals(schema.at("/mqtt/properties/inputs/default").asBoolean(), mqtt.inputs());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mqtts://broker.example:9883 | mqtt://broker.example      | p.yaml:18: 'reporting.mqtt.ca-file' is for TLS; write the server as mqtts://
            mqtts://broker.example:9883 | http://broker.example      | p.yaml:13: 'reporting.mqtt.server' is 'http://broker.example', but must
            mqtts://broker.example:9883 | mqtts://broker.example:98830 | p.yaml:13: 'reporting.mqtt.server' is 'mqtts://broker.example:98830', but must be mqtt://HOST:PORT
            mqtts://broker.example:9883 | mqtts://a b                | p.yaml:13: 'reporting.mqtt.server' is 'mqtts://a b', but must be mqtt://HOST:PORT
            topic: plant/press 7        | topic: plant/+             | p.yaml:15: 'reporting.mqtt.topic' is 'plant/+', but must be a topic without + and #
            topic: plant/press 7        | topic: plant/              | p.yaml:15: 'reporting.mqtt.topic' is 'plant/', but must be a topic without
            key-file: me.key            | keep-alive-s: 9            | p.yaml
            username: u                 | inputs: false              | p.yaml
            max-mb: 0.5                 | max-mb: 0.01               | p.yaml:10: 'reporting.forward.max-mb' must be at least 0.1, but is 0.01
            in-flight: 7                | inflight: 7                | p.yaml:23: unknown key 'reporting.mqtt.inflight'; did you mean 'in-flight'?
            """)
    void whatIsWrongIsToldWithLineAndMend(String good, String bad, String message) {
        assertTrue(FULL.contains(good), good);
        var e = assertThrows(ProfileException.class, () -> parse(FULL.replace(good, bad)));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    @Test
    void aBrokerNeedsAFolderAndAnAlarmsTopicABroker() {
        String head = FULL.substring(0, FULL.indexOf("alarms:"));
        var e = assertThrows(ProfileException.class, () -> parse(head + "reporting: {mqtt: {server: mqtt://x}}\n"));
        assertEquals("p.yaml:5: 'reporting.mqtt' needs a folder where reports wait while there is no connection; name one under "
                + "'reporting.forward.folder'", e.getMessage());
        e = assertThrows(ProfileException.class, () -> parse(FULL.substring(0, FULL.indexOf("reporting:"))));
        assertEquals("p.yaml:6: 'alarms.0.mqtt' needs a broker; name one under 'reporting.mqtt'", e.getMessage());
        e = assertThrows(ProfileException.class, () -> parse(FULL.replace("    key-file: me.key\n", "")));
        assertEquals("'reporting.mqtt' needs 'certificate-file' and 'key-file' together", e.getMessage().replaceAll("^p.yaml:\\d+: ", ""));
        e = assertThrows(ProfileException.class, () -> parse(FULL.replace("    username: u\n", "")));
        assertEquals("p.yaml:16: 'reporting.mqtt.password-file' needs 'username' beside it", e.getMessage());
    }

    private static final String SPARKPLUG = FULL.replace("    topic: plant/press 7\n", "    sparkplug: {group: plant 3, node: seven}\n");

    @Test
    void aSparkplugNodeIsCalledAsTheProfileUnlessItSaysOtherwise() {
        assertEquals(Optional.of(new SparkplugOptions("plant 3", "seven", Optional.empty())), parse(SPARKPLUG).reporting().mqtt().orElseThrow().sparkplug());
        assertEquals(Optional.of(new SparkplugOptions("plant 3", "seven", Optional.of("scada"))),
                parse(SPARKPLUG.replace("node: seven", "node: seven, primary-host: scada")).reporting().mqtt().orElseThrow().sparkplug());
        assertEquals(Optional.of(new SparkplugOptions("plant 3", "press-7", Optional.empty())),
                parse(SPARKPLUG.replace(", node: seven", "")).reporting().mqtt().orElseThrow().sparkplug());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            group: plant 3, node: seven | node: seven       | p.yaml:15: key 'reporting.mqtt.sparkplug.group' is missing
            group: plant 3              | group: plant/3    | p.yaml:15: 'reporting.mqtt.sparkplug.group' is 'plant/3', but must be a name without +, # and /
            node: seven                 | node: se+ven      | p.yaml:15: 'reporting.mqtt.sparkplug.node' is 'se+ven', but must be a name without +, # and /
            node: seven                 | primary-host: a/b | p.yaml:15: 'reporting.mqtt.sparkplug.primary-host' is 'a/b', but must be a name without +, # and /
            node: seven                 | nodes: seven      | p.yaml:15: unknown key 'reporting.mqtt.sparkplug.nodes'; did you mean 'node'?
            inputs: true                | topic: a          | p.yaml:21: 'reporting.mqtt.topic' is for JSON reports, but Sparkplug has topics of its own; leave out
            """)
    void whatIsNoSparkplugNameIsToldWithLineAndMend(String good, String bad, String message) {
        assertTrue(SPARKPLUG.contains(good), good);
        var e = assertThrows(ProfileException.class, () -> parse(SPARKPLUG.replace(good, bad)));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    private static final String COLLECTOR = """
            adze-profile: 1
            name: press-7
            device: {board: test bench}
            sensors: {rate-hz: 4}
            reporting:
              otlp:
                endpoint: https://collector.example:4318/adze
                headers:
                  Authorization: Bearer abc
                interval-s: 2.5
                ca-file: ca.pem
            """;

    @Test
    void everyKeyOfTheCollectorArrives() {
        assertEquals(Optional.of(new OtlpOptions(URI.create("https://collector.example:4318/adze/v1/metrics"),
                Map.of("Authorization", "Bearer abc"), Duration.ofMillis(2500), Optional.of(FOLDER.resolve("ca.pem")))),
                parse(COLLECTOR).reporting().otlp());
        OtlpOptions least = parse(COLLECTOR.substring(0, COLLECTOR.indexOf("    endpoint")) + "    endpoint: http://[::1]:4318/\n")
                .reporting().otlp().orElseThrow();
        int interval = ProfileReader.schema().json().at("/properties/reporting/properties/otlp/properties/interval-s/default").asInt();
        assertEquals(new OtlpOptions(URI.create("http://[::1]:4318/v1/metrics"), Map.of(), Duration.ofSeconds(interval), Optional.empty()), least);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://collector.example:4318/adze | http://collector.example | p.yaml:11: 'reporting.otlp.ca-file' is for TLS; write the endpoint as https://
            https://collector.example:4318/adze | grpc://x:4317            | p.yaml:7: 'reporting.otlp.endpoint' is 'grpc://x:4317', but must be http://HOST:PORT
            https://collector.example:4318/adze | https://a b              | p.yaml:7: 'reporting.otlp.endpoint' is 'https://a b', but must be http://HOST:PORT
            https://collector.example:4318/adze | https://x/?a=b           | p.yaml:7: 'reporting.otlp.endpoint' is 'https://x/?a=b', but must be http://HOST:PORT
            Authorization: Bearer abc           | Content-Type: x          | p.yaml:8: 'reporting.otlp.headers' has 'Content-Type', which the agent sets by itself; leave it out
            Authorization: Bearer abc           | Two words: x             | p.yaml:8: 'reporting.otlp.headers' has 'Two words', but a name is of letters
            Bearer abc                          | "a\\nb: c"               | p.yaml:9: 'reporting.otlp.headers.Authorization' is 
            interval-s: 2.5                     | interval-s: 0            | p.yaml:10: 'reporting.otlp.interval-s' must be at least 1, but is 0
            interval-s: 2.5                     | interval: 2              | p.yaml:10: unknown key 'reporting.otlp.interval'; did you mean 'interval-s'?
            """)
    void whatIsWrongWithTheCollectorIsTold(String good, String bad, String message) {
        assertTrue(COLLECTOR.contains(good), good);
        var e = assertThrows(ProfileException.class, () -> parse(COLLECTOR.replace(good, bad)));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }
}
