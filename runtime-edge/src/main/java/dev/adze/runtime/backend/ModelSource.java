package dev.adze.runtime.backend;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A bundle and where it came from.
 *
 * @param file   the bundle's file; engines look beside it for what was made of it
 * @param bundle its contents
 * @param sha256 of the file, in hexadecimal
 */
public record ModelSource(Path file, Bundle bundle, String sha256) {
    /** @throws AdzeException NOT_FOUND if the file cannot be read any more */
    public static ModelSource of(Path file, Bundle bundle) {
        return new ModelSource(file, bundle, sha256(file));
    }

    /** A file beside the bundle with the same name but for the extension, which has its dot. */
    public Path beside(String extension) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + extension);
    }

    static String sha256(Path file) {
        try {
            return sha256(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Of bytes, in hexadecimal. */
    public static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
