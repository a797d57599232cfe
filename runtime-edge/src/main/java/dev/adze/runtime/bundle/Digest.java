package dev.adze.runtime.bundle;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

final class Digest {
    private Digest() {}

    /** CRC-32 of the parts one after the other. */
    static int crc32(List<MemorySegment> parts) {
        CRC32 crc = new CRC32();
        parts.forEach(part -> crc.update(part.asByteBuffer()));
        return (int) crc.getValue();
    }

    /** SHA-256 in lower-case hex. */
    static String sha256(List<MemorySegment> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEach(part -> digest.update(part.asByteBuffer()));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** One line of {@code checksums.sha256}, as the tool sha256sum writes and checks it. */
    static String line(String name, List<MemorySegment> parts) {
        return sha256(parts) + "  " + name + "\n";
    }
}
