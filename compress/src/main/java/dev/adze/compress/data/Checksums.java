package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Holds data files against published SHA-256 sums, so that a result is a result on the published data. */
public final class Checksums {
    private Checksums() {}

    /**
     * @param files  that are read
     * @param sha256 by file name, lower-case hexadecimal. {@code NAME} also stands for {@code NAME.gz} and is then the
     *               sum of the uncompressed bytes; files it does not name are not checked
     * @throws AdzeException BAD_DATA for a file of other content, USAGE for a name that none of the files has
     */
    public static void verify(List<Path> files, Map<String, String> sha256) {
        var unseen = new TreeSet<>(sha256.keySet());
        for (Path file : new LinkedHashSet<>(files)) {
            String name = file.getFileName().toString();
            String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
            boolean own = sha256.containsKey(name);
            String expected = sha256.get(own ? name : plain);
            if (expected == null) {
                continue;
            }
            unseen.remove(own ? name : plain);
            String found = sum(file, !own);
            if (!found.equals(expected)) {
                throw new AdzeException(AdzeException.Kind.BAD_DATA, file + " is not the file that the recipe names: its"
                        + " SHA-256 is " + found + ", not " + expected + "; get the published file, or drop data.sha256"
                        + " to use this one");
            }
        }
        if (!unseen.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE, "data.sha256 names " + String.join(", ", unseen)
                    + ", which the recipe does not read; correct the name");
        }
    }

    private static String sum(Path file, boolean uncompressed) {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = uncompressed && file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (ZipException e) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, file + " is no whole gzip file (" + e.getMessage()
                    + "); get it again", e);
        } catch (IOException e) {
            throw DataSource.unreadable(file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
