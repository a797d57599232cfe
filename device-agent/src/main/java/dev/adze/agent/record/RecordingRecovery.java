package dev.adze.agent.record;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/** Makes a whole recording out of the partial file that a killed recorder left. */
public final class RecordingRecovery {
    /** Longer lines are not ours: 4,096 channels of 20 characters. */
    private static final int MAX_LINE = 80 * 1024;

    private RecordingRecovery() {}

    /**
     * Copies every whole line of {@code target.partial} to {@code target} and deletes the partial file.
     *
     * @return rows got back, without the header
     */
    public static long recover(Path target) {
        Path partial = RecordingWriter.partialOf(target);
        if (!Files.isRegularFile(partial)) {
            throw new AdzeException(Kind.NOT_FOUND, "nothing to recover: there is no " + partial);
        }
        if (Files.exists(target)) {
            throw new AdzeException(Kind.CANNOT_WRITE, target + " exists already; move it away before recovering " + partial);
        }
        if (RecordingWriter.isLocked(partial)) {
            throw new AdzeException(Kind.CANNOT_WRITE, partial + " is still being written; stop that recording instead");
        }
        Path recovered = target.resolveSibling(target.getFileName() + ".recovering");
        try {
            long lines = copyWholeLines(partial, recovered, target.toString().endsWith(".gz"));
            if (lines == 0) {
                Files.delete(recovered);
                throw new AdzeException(Kind.BAD_DATA, partial + " does not hold a single whole line; delete it");
            }
            Files.move(recovered, target, StandardCopyOption.ATOMIC_MOVE);
            RecordingWriter.forceFolder(target);
            Files.delete(partial);
            return lines - 1;
        } catch (IOException e) {
            throw RecordingWriter.cannotWrite(target, e);
        }
    }

    private static long copyWholeLines(Path from, Path to, boolean gzip) throws IOException {
        try (FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
                InputStream file = new BufferedInputStream(Files.newInputStream(from))) {
            OutputStream raw = new BufferedOutputStream(Channels.newOutputStream(channel));
            OutputStream out = gzip ? new GZIPOutputStream(raw) : raw;
            long lines = 0;
            byte[] line = new byte[MAX_LINE];
            int length = 0;
            int b;
            InputStream in = gzip ? openGzip(file) : file;
            while (in != null && (b = next(in)) >= 0 && length < MAX_LINE) {
                line[length++] = (byte) b;
                if (b == '\n') {
                    out.write(line, 0, length);
                    length = 0;
                    lines++;
                }
            }
            if (out instanceof GZIPOutputStream compressed) {
                compressed.finish();
            }
            raw.flush();
            channel.force(true);
            return lines;
        }
    }

    private static InputStream openGzip(InputStream file) throws IOException {
        try {
            return new GZIPInputStream(file, 1 << 16);
        } catch (EOFException | ZipException e) {
            return null;
        }
    }

    /** The next byte; -1 where a cut-off or torn stream can be read no further. */
    private static int next(InputStream in) throws IOException {
        try {
            return in.read();
        } catch (EOFException | ZipException e) {
            return -1;
        }
    }
}
