package dev.adze.agent.sensor.talk;

import java.io.IOException;

/** Bytes of whoever talks by himself: a program, a serial line, a bus. */
public interface TalkerSource extends AutoCloseable {
    /**
     * Waits for bytes, for a moment at most.
     *
     * @return how many; 0 if none came yet
     * @throws IOException when there will be no more, with the reason
     */
    int read(byte[] into) throws IOException;

    @Override
    void close();

    /** Starts the program, or opens the port. */
    interface Opener {
        TalkerSource open() throws IOException;
    }
}
