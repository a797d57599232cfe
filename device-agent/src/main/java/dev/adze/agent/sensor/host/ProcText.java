package dev.adze.agent.sensor.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * One text file of /proc or /sys, kept open and read again from position 0, with a cursor for picking numbers out of
 * it. Reading and parsing allocate nothing once the buffer has grown to the file's size.
 */
final class ProcText implements AutoCloseable {
    /** Far above any real file (a 1,000-core /proc/stat has about 200 kB); stops an endless device. */
    private static final int MAX_BYTES = 4 << 20;
    /** An absent file is looked for again this often: modules are loaded, devices plugged. */
    private static final long RETRY_NANOS = 10_000_000_000L;
    /**
     * The kernel hands such texts out by whole records, as many as fit into a page of at least 4 KiB (seq_file.rst of its
     * documentation): less than this is all there is, as no record of these files has 2 KiB. Saves asking again for the end.
     */
    private static final int CERTAINLY_ALL = 2048;

    private final Path path;
    private FileChannel channel;
    private long nextOpenNanos;
    private boolean tried;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
    private byte[] text = new byte[8192];
    private int length;
    private int position;
    private int lineStart;

    ProcText(Path path) {
        this.path = path;
    }

    /** Reads the file anew and puts the cursor before the first line; false if it cannot be read now. */
    boolean refresh() {
        try {
            if (channel == null && !open()) {
                return false;
            }
            length = 0;
            buffer.clear();
            int n = channel.read(buffer, 0);
            while (n > 0) {
                length += n;
                if (!buffer.hasRemaining()) {
                    grow();
                }
                n = length < CERTAINLY_ALL ? 0 : channel.read(buffer, length);
            }
            buffer.flip();
            buffer.get(text, 0, length);
            position = 0;
            lineStart = -1;
            return length > 0;
        } catch (IOException e) {
            close();
            return false;
        }
    }

    private boolean open() throws IOException {
        long now = System.nanoTime();
        if (tried && now - nextOpenNanos < 0) {
            return false;
        }
        tried = true;
        nextOpenNanos = now + RETRY_NANOS;
        channel = FileChannel.open(path, StandardOpenOption.READ);
        return true;
    }

    private void grow() throws IOException {
        if (buffer.capacity() >= MAX_BYTES) {
            throw new IOException(path + " is larger than " + MAX_BYTES + " bytes");
        }
        ByteBuffer larger = ByteBuffer.allocateDirect(buffer.capacity() * 2);
        larger.put(buffer.flip());
        buffer = larger;
        text = Arrays.copyOf(text, larger.capacity());
    }

    /** Moves to the start of the next line; false at the end. */
    boolean nextLine() {
        if (lineStart >= 0) {
            position = lineStart;
            while (position < length && text[position] != '\n') {
                position++;
            }
            position++;
        }
        lineStart = position;
        return position < length;
    }

    /** Whether what follows the cursor on this line begins with {@code key}; if so, steps over it. */
    boolean skip(byte[] key) {
        if (length - position < key.length
                || !Arrays.equals(text, position, position + key.length, key, 0, key.length)) {
            return false;
        }
        position += key.length;
        return true;
    }

    /** Whether the next word is {@code word}; the cursor stays, behind the blanks. */
    boolean wordIs(String word) {
        skipBlanks();
        int end = position + word.length();
        if (end > length || end < length && text[end] > ' ') {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[position + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The number that follows the cursor at once, without blanks before it, or -1. */
    long nextIndex() {
        return position < length && text[position] > ' ' ? nextLong() : -1;
    }

    /** Steps over one word, a run of non-blanks. */
    void skipWord() {
        skipBlanks();
        while (position < length && text[position] > ' ') {
            position++;
        }
    }

    /** Steps behind the next {@code c} on this line; false if there is none. */
    boolean skipTo(char c) {
        for (int i = position; i < length && text[i] != '\n'; i++) {
            if (text[i] == c) {
                position = i + 1;
                return true;
            }
        }
        return false;
    }

    /** The next unsigned decimal number on this line, or -1 if something else or nothing comes. */
    long nextLong() {
        skipBlanks();
        int start = position;
        long value = 0;
        while (position < length && text[position] >= '0' && text[position] <= '9') {
            value = value * 10 + (text[position] - '0');
            position++;
        }
        // 18 digits always fit; counters that large are not real.
        return position == start || position - start > 18 ? -1 : value;
    }

    /** The next unsigned number with an optional fraction on this line, or NaN. */
    double nextDecimal() {
        long whole = nextLong();
        if (whole < 0) {
            return Double.NaN;
        }
        if (position >= length || text[position] != '.') {
            return whole;
        }
        position++;
        int start = position;
        long fraction = nextLong();
        return fraction < 0 ? Double.NaN : whole + fraction / Math.pow(10, position - start);
    }

    /** The next word, or an empty string; allocates, for names that are looked up once. */
    String nextWord() {
        skipBlanks();
        int start = position;
        skipWord();
        return new String(text, start, position - start, java.nio.charset.StandardCharsets.US_ASCII);
    }

    private void skipBlanks() {
        while (position < length && (text[position] == ' ' || text[position] == '\t')) {
            position++;
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing was written; there is nothing to lose.
            }
            channel = null;
        }
    }
}
