package dev.adze.agent.install;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;

/** A file to be taken in, as it was when it was checked; bundles are too large to be kept in memory meanwhile. */
public record Incoming(Opener opener, long bytes, int crc) {
    private static final int CHUNK = 1 << 16;

    /** Opens it at its beginning, any number of times. */
    public interface Opener {
        InputStream open() throws IOException;
    }

    /** Reads it once. */
    public static Incoming of(Opener opener) throws IOException {
        var crc = new CRC32C();
        byte[] chunk = new byte[CHUNK];
        long bytes = 0;
        try (InputStream in = opener.open()) {
            for (int n; (n = in.read(chunk)) > 0; bytes += n) {
                crc.update(chunk, 0, n);
            }
        }
        return new Incoming(opener, bytes, (int) crc.getValue());
    }
}
