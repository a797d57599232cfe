package dev.adze.agent.report;

import dev.adze.agent.text.DecimalText;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that lines are appended to, from a thread of its own. A line torn by an earlier crash is closed off first, so
 * that it spoils no other. A disk that is full or gone while running costs lines, which are counted, and one warning,
 * but never the run.
 */
final class LineFile implements AutoCloseable {
    /** Some minutes of decisions at 10 Hz. */
    private static final int QUEUE_BYTES = 1 << 18;
    private static final long CLOSE_MILLIS = 5_000;

    private final Path path;
    private final FileChannel file;
    private final LineQueue queue = new LineQueue(QUEUE_BYTES);
    private final Thread writer;
    private boolean warned;
    private boolean torn;

    LineFile(Path path) {
        this.path = path;
        try {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            closeOffTornLine();
        } catch (IOException e) {
            throw new AdzeException(Kind.CANNOT_WRITE, "cannot write " + path + ": " + reason(e)
                    + "; name another file in reporting.jsonl or with --jsonl", e);
        }
        writer = new Thread(this::write, "report-lines");
        writer.setDaemon(true);
        writer.start();
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

    private void writeAll(ByteBuffer lines) {
        try {
            if (torn) {
                file.write(ByteBuffer.wrap(new byte[] {'\n'}));
                torn = false;
            }
            while (lines.hasRemaining()) {
                file.write(lines);
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
                System.err.println("adze: warning: cannot write " + path + ": " + reason(e) + "; lines are lost until it can");
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
                file.force(true);
                file.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("adze: warning: " + path + " may not be on the disk: " + reason(e));
        }
    }
}
