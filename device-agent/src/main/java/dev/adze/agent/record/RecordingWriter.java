package dev.adze.agent.record;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.text.DecimalText;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a recording: CSV with the columns {@code time[ms]} and {@code name[unit]}, one row a sample, an empty cell
 * where there is no value; gzip-compressed if the name ends in {@code .gz}.
 *
 * <p>Rows go to {@code NAME.partial}, which {@link #finish} renames to NAME, so NAME is always whole. After
 * {@link #flush} everything before it survives the death of this process and can be had back by
 * {@link RecordingRecovery}; the partial file is locked while it is written. Not thread-safe.
 */
public final class RecordingWriter implements AutoCloseable {
    /** Finer than any of our sensors, and no more: noise digits do not compress. */
    public static final int SIGNIFICANT_DIGITS = 6;
    public static final int MAX_DECIMALS = 5;
    static final String PARTIAL = ".partial";

    private final Path target;
    private final Path partial;
    private final FileChannel file;
    private final OutputStream out;
    private final DecimalText text = new DecimalText();
    private final boolean exact;
    private long rows;

    public RecordingWriter(Path target, List<ChannelInfo> channels) {
        this(target, channels, false);
    }

    /** A recording that gives 32-bit numbers back bit for bit, in the shortest text that does; it allocates. */
    public static RecordingWriter exact(Path target, List<ChannelInfo> channels) {
        return new RecordingWriter(target, channels, true);
    }

    private RecordingWriter(Path target, List<ChannelInfo> channels, boolean exact) {
        this.target = target;
        this.exact = exact;
        this.partial = partialOf(target);
        checkFree(target, partial);
        FileChannel opened = null;
        try {
            opened = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (opened.tryLock() == null) {
                throw new IOException("locked by another process");
            }
            OutputStream raw = Channels.newOutputStream(opened);
            out = target.toString().endsWith(".gz") ? new GZIPOutputStream(raw, 8192, true)
                    : new java.io.BufferedOutputStream(raw, 8192);
            file = opened;
            text.append("time[ms]");
            channels.forEach(c -> text.append(",").append(c.header()));
            writeLine();
            flush();
        } catch (IOException e) {
            discard(opened);
            throw cannotWrite(partial, e);
        }
    }

    /** The file that a recording called {@code target} is written to until it is whole. */
    public static Path partialOf(Path target) {
        return target.resolveSibling(target.getFileName() + PARTIAL);
    }

    private static void checkFree(Path target, Path partial) {
        if (Files.exists(target)) {
            throw new AdzeException(Kind.CANNOT_WRITE, target + " exists already; choose another --output or move it away");
        }
        if (!Files.exists(partial)) {
            return;
        }
        if (isLocked(partial)) {
            throw new AdzeException(Kind.CANNOT_WRITE, partial + " is being written by another process; choose another --output");
        }
        throw new AdzeException(Kind.CANNOT_WRITE, partial + " is left over from a recording that was killed; get it back"
                + " with `adze-agent record --recover --output " + target + "`, or delete it");
    }

    static boolean isLocked(Path partial) {
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (java.nio.channels.OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** One row; channels that are not ok leave their cell empty. */
    public void row(long epochMillis, ReadingBuffer readings) {
        text.append(epochMillis);
        for (int i = 0; i < readings.size(); i++) {
            text.append(",");
            if (readings.isOk(i)) {
                if (exact) {
                    text.append(Float.toString((float) readings.value(i)));
                } else {
                    text.append(readings.value(i), SIGNIFICANT_DIGITS, MAX_DECIMALS);
                }
            }
        }
        write();
        rows++;
    }

    /** A row for a moment at which nothing was sampled: all cells empty, so that rows stay evenly spaced in time. */
    public void gap(long epochMillis, int channels) {
        text.append(epochMillis);
        for (int i = 0; i < channels; i++) {
            text.append(",");
        }
        write();
        rows++;
    }

    public long rows() {
        return rows;
    }

    private void write() {
        try {
            writeLine();
        } catch (IOException e) {
            throw cannotWrite(partial, e);
        }
    }

    private void writeLine() throws IOException {
        text.append("\n");
        text.writeTo(out);
    }

    /** Hands all rows so far to the operating system. */
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw cannotWrite(partial, e);
        }
    }

    /** Ends the recording: on disk, whole, under its own name. */
    public void finish() {
        try {
            if (out instanceof GZIPOutputStream gzip) {
                gzip.finish();
            }
            out.flush();
            file.force(true);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(target);
        } catch (IOException e) {
            throw cannotWrite(target, e);
        }
    }

    /** Makes a rename outlast a power cut; file systems that cannot sync a folder do without. */
    static void forceFolder(Path renamed) {
        Path folder = renamed.toAbsolutePath().getParent();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The rename itself is done.
        }
    }

    /** Leaves an unfinished recording as {@code NAME.partial}, to be recovered. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // Rows are flushed or were reported as not written.
        }
    }

    private void discard(FileChannel opened) {
        if (opened != null) {
            try {
                opened.close();
                Files.deleteIfExists(partial);
            } catch (IOException e) {
                // The reason that matters is thrown by the caller.
            }
        }
    }

    static AdzeException cannotWrite(Path path, IOException e) {
        Path folder = path.toAbsolutePath().getParent();
        String why = switch (e) {
            case NoSuchFileException _ when !Files.isDirectory(folder) -> "the folder " + folder + " does not exist; create it first";
            case AccessDeniedException _ -> "no permission; choose another --output";
            default -> (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                    + "; free some space or choose another --output";
        };
        return new AdzeException(Kind.CANNOT_WRITE, "cannot write " + path + ": " + why, e);
    }
}
