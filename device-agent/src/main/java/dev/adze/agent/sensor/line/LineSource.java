package dev.adze.agent.sensor.line;

import java.io.IOException;

/** Bytes that come in lines, from a program or a serial line. */
interface LineSource extends AutoCloseable {
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
        LineSource open() throws IOException;
    }
}
