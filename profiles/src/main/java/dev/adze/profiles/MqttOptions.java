package dev.adze.profiles;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The broker that reports are published to.
 *
 * @param server          {@code mqtt://HOST[:PORT]}, or {@code mqtts://} for TLS
 * @param clientId        of this device alone
 * @param topic           that all topics begin with, without a slash at its end
 * @param passwordFile    its first line is the password
 * @param caFile          certificates to trust, in PEM; without, the system's
 * @param certificateFile the client's certificate and those that sign it, in PEM
 * @param keyFile         its key, in PEM; there if the certificate is
 * @param inputs          whether decisions tell the readings that they were made from
 * @param inFlight        reports sent before the first of them is acknowledged
 * @param sparkplug       who the agent is as a Sparkplug edge node; without, reports are JSON
 */
public record MqttOptions(
        URI server,
        String clientId,
        String topic,
        Optional<String> username,
        Optional<Path> passwordFile,
        Optional<Path> caFile,
        Optional<Path> certificateFile,
        Optional<Path> keyFile,
        boolean inputs,
        int keepAliveSeconds,
        int inFlight,
        Optional<SparkplugOptions> sparkplug) {

    public boolean tls() {
        return server.getScheme().equals("mqtts");
    }

    /** The server's, or MQTT's own: 1883, 8883 with TLS. */
    public int port() {
        return server.getPort() >= 0 ? server.getPort() : tls() ? 8883 : 1883;
    }
}
