package dev.adze.agent.serve;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Both sides show a certificate: ours with its key from one PKCS #12 file, those that may ask are vouched for by another. */
record MutualTls(KeyManagerFactory keys, TrustManagerFactory trusted) {
    /** @param passwordFile whose first line opens both files */
    static MutualTls read(Path keyStore, Path trustStore, Path passwordFile) {
        Path reading = passwordFile;
        try {
            char[] password = Files.readString(passwordFile).lines().findFirst().orElse("").toCharArray();
            reading = keyStore;
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore own = open(keyStore, password);
            if (!holds(own, own::isKeyEntry)) {
                throw useless(keyStore, "no key; make it with `openssl pkcs12 -export -in CERTIFICATE -inkey KEY`");
            }
            keys.init(own, password);
            reading = trustStore;
            var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            KeyStore others = open(trustStore, password);
            if (!holds(others, others::isCertificateEntry)) {
                throw useless(trustStore, "no certificate to trust, so that nobody could ask; make it with `keytool -importcert`");
            }
            trusted.init(others);
            return new MutualTls(keys, trusted);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw new AdzeException(Kind.USAGE, "serve.tls: " + reading + (e instanceof NoSuchFileException ? " does not exist"
                    : " may not be read by this user") + "; name the right file, or mend its permissions", e);
        } catch (IOException | GeneralSecurityException e) {
            throw new AdzeException(Kind.USAGE, "serve.tls: " + reading + " cannot be read (" + e.getMessage()
                    + "); it must be a PKCS #12 file with the password that serve.tls.password-file holds", e);
        }
    }

    private interface Entry {
        boolean is(String alias) throws GeneralSecurityException;
    }

    private static boolean holds(KeyStore store, Entry wanted) throws GeneralSecurityException {
        for (String alias : Collections.list(store.aliases())) {
            if (wanted.is(alias)) {
                return true;
            }
        }
        return false;
    }

    private static AdzeException useless(Path store, String what) {
        return new AdzeException(Kind.USAGE, "serve.tls: " + store + " holds " + what + " (docs/serving.md)");
    }

    private static KeyStore open(Path file, char[] password) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    SSLContext context() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has TLS
        }
    }
}
