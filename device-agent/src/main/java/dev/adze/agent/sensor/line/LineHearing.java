package dev.adze.agent.sensor.line;

import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.talk.Hearing;
import java.nio.charset.StandardCharsets;

/** Puts bytes together to lines; what is too long for one is no line. */
final class LineHearing implements Hearing {
    private static final int LONGEST_LINE = 4096;

    private final LineParser parser;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private boolean tooLong;

    LineHearing(LineParser parser) {
        this.parser = parser;
    }

    @Override
    public boolean hear(byte[] bytes, int count, ReadingBuffer latest, Told told) {
        boolean whole = false;
        for (int i = 0; i < count; i++) {
            whole |= add(bytes[i], latest, told);
        }
        return whole;
    }

    private boolean add(byte b, ReadingBuffer latest, Told told) {
        if (b != '\n' && b != '\r') {
            tooLong |= length == line.length;
            if (!tooLong) {
                line[length++] = b;
            }
            return false;
        }
        boolean whole = length > 0 && !tooLong;
        if (whole) {
            parser.parse(new String(line, 0, length, StandardCharsets.UTF_8), latest, told);
        }
        length = 0;
        tooLong = false;
        return whole;
    }
}
