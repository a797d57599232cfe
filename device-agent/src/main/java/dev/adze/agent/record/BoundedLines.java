package dev.adze.agent.record;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Text without lines as long as memory: a file that has none, such as a device or a sparse one, is no recording. */
final class BoundedLines extends FilterInputStream {
    /** 4,096 channels of 256 characters. */
    static final int LONGEST = 1 << 20;

    private long sinceLineEnd;

    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1;

        TooLong() {
            super("a line of more than " + (LONGEST >> 20) + " MiB; this is no recording");
        }
    }

    BoundedLines(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        int last = offset + count - 1;
        while (last >= offset && bytes[last] != '\n') {
            last--;
        }
        sinceLineEnd = last < offset ? sinceLineEnd + Math.max(0, count) : offset + count - 1 - last;
        if (sinceLineEnd > LONGEST) {
            throw new TooLong();
        }
        return count;
    }
}
