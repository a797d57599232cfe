package dev.adze.runtime.kernel;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.net.URL;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The native library of this platform as a file that the system can load. The jar carries one a platform,
 * {@code META-INF/native/OS-ARCH/libadze.so}; from a jar it is copied once into a cache folder that is named after its
 * content, from a folder of classes it is used in place.
 */
final class NativeLibraryFile {
    /** Folder for the copies instead of {@code $XDG_CACHE_HOME/adze} or {@code ~/.cache/adze}. */
    static final String CACHE_PROPERTY = "adze.cache";

    private static final String NAME = "libadze.so";

    private NativeLibraryFile() {}

    /** For example {@code linux-x86_64}. */
    static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return (os.startsWith("linux") ? "linux" : os.replace(' ', '-')) + "-" + (arch.equals("amd64") ? "x86_64" : arch);
    }

    /** A file to load; if {@code temporary}, to be deleted with its folder once it is loaded. */
    record Location(Path file, boolean temporary) {
        void release() {
            if (temporary) {
                try {
                    Files.deleteIfExists(file);
                    Files.deleteIfExists(file.getParent());
                } catch (IOException e) {
                    // Litter in the temporary folder is no reason to do without the library.
                }
            }
        }
    }

    /**
     * @throws AdzeException UNAVAILABLE if this build has no library for the platform, or nowhere can it be unpacked
     */
    static Location find() {
        URL url = NativeLibraryFile.class.getResource("/META-INF/native/" + platform() + "/" + NAME);
        if (url == null) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "this build has no native library for " + platform()
                    + "; build with a C compiler for it installed");
        }
        try {
            return url.getProtocol().equals("file") ? new Location(Path.of(url.toURI()), false) : unpack(url);
        } catch (IOException | URISyntaxException e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the native library cannot be unpacked: " + e
                    + "; name a writable folder by -D" + CACHE_PROPERTY + "=FOLDER", e);
        }
    }

    private static Location unpack(URL url) throws IOException {
        byte[] content;
        try (var in = url.openStream()) {
            content = in.readAllBytes();
        }
        String asked = System.getProperty(CACHE_PROPERTY);
        if (asked != null) {
            return new Location(unpack(content, Path.of(asked)), false);
        }
        try {
            return new Location(unpack(content, usualCache()), false);
        } catch (IOException e) {
            // A device's service account often has no home: a private temporary folder serves, at one copy a start.
            Path folder = Files.createTempDirectory("adze-");
            return new Location(Files.write(folder.resolve(NAME), content), true);
        }
    }

    private static Path usualCache() throws IOException {
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (xdg != null && Path.of(xdg).isAbsolute()) { // relative ones are to be ignored (XDG Base Directory 0.8)
            return Path.of(xdg, "adze");
        }
        String home = System.getProperty("user.home");
        if (home == null || !Path.of(home).isAbsolute()) {
            throw new IOException("no home folder");
        }
        return Path.of(home, ".cache", "adze");
    }

    /** Puts the content into {@code cache/native/HASH/libadze.so} unless it is there; safe against others doing so. */
    static Path unpack(byte[] content, Path cache) throws IOException {
        Path folder = cache.resolve("native").resolve(hash(content).substring(0, 32));
        Path file = folder.resolve(NAME);
        // A file cut short by a full disk, or altered, is replaced: what is loaded is what was read from the jar.
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return file;
        }
        Files.createDirectories(folder);
        Path temporary = Files.createTempFile(folder, NAME, ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return file;
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }
}
