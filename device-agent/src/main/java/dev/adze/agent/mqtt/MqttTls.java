package dev.adze.agent.mqtt;

import dev.adze.agent.wire.TrustedAuthorities;
import dev.adze.profiles.MqttOptions;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom to trust, and who we are: PEM files to what TLS wants.
 *
 * @param trust null for the system's own authorities
 * @param keys  null without a client certificate
 */
record MqttTls(TrustManagerFactory trust, KeyManagerFactory keys) {
    private static final char[] NO_PASSWORD = new char[0];

    static MqttTls of(MqttOptions options) {
        TrustManagerFactory trust = options.caFile().map(file -> TrustedAuthorities.of(file, "reporting.mqtt.ca-file")).orElse(null);
        KeyManagerFactory keys = options.certificateFile().map(c -> keys(c, options.keyFile().orElseThrow())).orElse(null);
        return new MqttTls(trust, keys);
    }

    private static KeyManagerFactory keys(Path certificate, Path key) {
        List<Certificate> chain;
        try {
            chain = TrustedAuthorities.certificates(certificate);
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(certificate, "certificate-file", "certificates in PEM", e);
        }
        try {
            KeyStore store = empty();
            store.setKeyEntry("client", privateKey(key), NO_PASSWORD, chain.toArray(Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw unusable(key, "key-file", "an unencrypted key in PEM (PKCS #8, BEGIN PRIVATE KEY)", e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException, IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        String begin = "-----BEGIN PRIVATE KEY-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END PRIVATE KEY-----");
        if (from < 0 || to < from) {
            throw new IOException("no private key in it");
        }
        var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to)));
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // Of another kind.
            }
        }
        throw new InvalidKeySpecException("neither RSA, EC nor Ed25519");
    }

    /** The first line of a file. */
    static byte[] password(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unusable(file, "password-file", "a password in its first line", e);
        }
    }

    private static AdzeException unusable(Path file, String key, String expected, Exception e) {
        return new AdzeException(Kind.USAGE, "reporting.mqtt." + key + ": " + file + " is not readable as " + expected + " ("
                + e.getClass().getSimpleName() + "); mend the file or name another", e);
    }
}
