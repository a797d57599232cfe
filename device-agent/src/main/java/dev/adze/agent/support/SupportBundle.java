package dev.adze.agent.support;

import dev.adze.runtime.bundle.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Files for whoever is to help, in one zip. A part that cannot be had is in it all the same, with the reason, so that its
 * absence tells something.
 */
public final class SupportBundle {
    /** Of reports: some minutes. */
    private static final int TAIL_BYTES = 256 << 10;

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    /** Adds a text, or the reason why there is none. */
    public void add(String name, Callable<String> text) {
        String content;
        try {
            content = text.call();
        } catch (Exception e) {
            content = "not available: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + "\n";
        }
        files.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** The last whole lines of a file, at most 256 KiB. */
    public static String tail(Path file) throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(0, in.length() - TAIL_BYTES);
            in.seek(start);
            byte[] bytes = new byte[(int) Math.min(TAIL_BYTES, in.length() - start)];
            in.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return start == 0 ? text : text.substring(text.indexOf('\n') + 1);
        }
    }

    /** Writes the zip, whole or not at all. */
    public void write(Path zip) {
        try {
            var bytes = new ByteArrayOutputStream();
            try (var out = new ZipOutputStream(bytes)) {
                for (var file : files.entrySet()) {
                    out.putNextEntry(new ZipEntry(file.getKey()));
                    out.write(file.getValue());
                    out.closeEntry();
                }
            }
            AtomicFile.write(zip, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory
        }
    }

    public int size() {
        return files.size();
    }
}
