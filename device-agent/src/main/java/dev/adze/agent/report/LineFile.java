package dev.adze.agent.report;

import dev.adze.agent.text.DecimalText;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that lines are appended to, from a thread of its own. When it is as large as it may be, it becomes {@code .1},
 * that {@code .2} and so on, and the oldest is gone. A line torn by an earlier crash is closed off first, so
 * that it spoils no other. A disk that is full or gone while running costs lines, which are counted, and one warning,
 * but never the run.
 */
final class LineFile implements AutoCloseable {
    /** Some minutes of decisions at 10 Hz. */
    private static final int QUEUE_BYTES = 1 << 18;
    private static final long CLOSE_MILLIS = 5_000;

    private final Path path;
    private final long mostBytes;
    private final int files;
    private volatile FileChannel file;
    private volatile byte[] head = new byte[0];
    private final LineQueue queue = new LineQueue(QUEUE_BYTES);
    private final Thread writer;
    private boolean warned;
    private boolean torn;

    /**
     * @param mostBytes of a file, as far as its last line fits
     * @param files     at least 1, the one that is written included
     */
    LineFile(Path path, long mostBytes, int files) {
        this.path = real(path);
        this.mostBytes = mostBytes;
        this.files = files;
        try {
            file = FileChannel.open(this.path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            closeOffTornLine();
        } catch (IOException e) {
            throw new AdzeException(Kind.CANNOT_WRITE, "cannot write " + path + ": " + reason(e)
                    + "; name another file in reporting.jsonl or with --jsonl", e);
        }
        writer = new Thread(this::write, "report-lines");
        writer.setDaemon(true);
        writer.start();
    }

    /** The file that a link leads to: the link itself, which may be {@code /dev/stdout}, is not to be rotated away. */
    private static Path real(Path path) {
        try {
            return Files.isRegularFile(path) ? path.toRealPath() : path;
        } catch (IOException e) {
            return path; // opening it says why
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException _ -> "its folder does not exist";
            case java.nio.file.AccessDeniedException _ -> "no permission";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private void closeOffTornLine() throws IOException {
        long size = file.size();
        if (size == 0) {
            return;
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        try (FileChannel reader = FileChannel.open(path, StandardOpenOption.READ)) {
            torn = reader.read(last, size - 1) == 1 && last.get(0) != '\n';
        }
    }

    /** Takes over a whole line that ends in a line feed; from any thread, without waiting. */
    void append(DecimalText line) {
        queue.offer(line);
    }

    /** The first line of every file but the present one. */
    void headOfFurtherFiles(String line) {
        head = line.getBytes(StandardCharsets.UTF_8);
    }

    /** Lines lost so far. */
    long dropped() {
        return queue.dropped();
    }

    private void write() {
        try {
            ByteBuffer lines;
            while ((lines = queue.take()) != null) {
                writeAll(lines);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeUntilFull(ByteBuffer lines) throws IOException {
        long room = mostBytes - file.size();
        int end = lines.limit();
        if (lines.remaining() > room) {
            int fits = lines.position();
            for (int i = fits; i < lines.limit() && i < lines.position() + room; i++) {
                fits = lines.get(i) == '\n' ? i + 1 : fits;
            }
            if (fits == lines.position() && file.size() > head.length) {
                rotate();
                return;
            }
            // A line that no file could take whole goes alone into one.
            lines.limit(fits > lines.position() ? fits : lineEnd(lines));
        }
        try {
            while (lines.hasRemaining()) {
                file.write(lines);
            }
        } finally {
            lines.limit(end);
        }
    }

    private static int lineEnd(ByteBuffer lines) {
        int end = lines.position();
        while (end < lines.limit() && lines.get(end++) != '\n') {
            // On to the line feed.
        }
        return end;
    }

    private Path numbered(int number) {
        return number == 0 ? path : path.resolveSibling(path.getFileName() + "." + number);
    }

    /** Also deletes files of an earlier run that was allowed more of them. If it fails, lines go on being lost. */
    private void rotate() throws IOException {
        for (int i = files - 1; Files.deleteIfExists(numbered(i)) || i < files; i++) {
            // Up to the first that is not there.
        }
        for (int i = files - 2; i >= 0; i--) {
            if (Files.exists(numbered(i))) {
                Files.move(numbered(i), numbered(i + 1), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        FileChannel full = file;
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        full.close();
        file.write(ByteBuffer.wrap(head));
    }

    private void writeAll(ByteBuffer lines) {
        try {
            if (torn) {
                file.write(ByteBuffer.wrap(new byte[] {'\n'}));
                torn = false;
            }
            while (lines.hasRemaining()) {
                writeUntilFull(lines);
            }
        } catch (IOException e) {
            torn |= lines.position() > 0 && lines.get(lines.position() - 1) != '\n';
            long lost = 0;
            while (lines.hasRemaining()) {
                lost += lines.get() == '\n' ? 1 : 0;
            }
            queue.countDropped(lost);
            if (!warned) {
                warned = true;
                System.err.println("adze-agent: warning: cannot write " + path + ": " + reason(e) + "; lines are lost until it can");
            }
        }
    }

    /** Writes what is still queued, for at most some seconds, and puts it on the disk. */
    @Override
    public void close() {
        queue.close();
        if (!file.isOpen()) {
            return;
        }
        try {
            writer.join(CLOSE_MILLIS);
            if (!writer.isAlive()) {
                try (FileChannel last = file) {
                    if (Files.isRegularFile(path)) { // a device or pipe has nothing to be put on a disk
                        last.force(true);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("adze-agent: warning: " + path + " may not be on the disk: " + reason(e));
        }
    }
}
