package dev.adze.agent.wire;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;

/** A PEM file of certificates as what TLS trusts. */
public final class TrustedAuthorities {
    private TrustedAuthorities() {}

    /** @param key of the profile, for the message if the file is of no use */
    public static TrustManagerFactory of(Path file, String key) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate authority : certificates(file)) {
                store.setCertificateEntry("ca" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new AdzeException(Kind.USAGE, key + ": " + file + " is not readable as certificates in PEM ("
                    + e.getClass().getSimpleName() + "); mend the file or name another", e);
        }
    }

    /** At least one. */
    public static List<Certificate> certificates(Path file) throws GeneralSecurityException, IOException {
        List<Certificate> all = List.copyOf(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file))));
        if (all.isEmpty()) {
            throw new IOException("no certificate in it");
        }
        return all;
    }
}
