package dev.adze.agent.sensor.linux;

import java.io.IOException;

/** One GPIO line that is switched on and off. */
public interface OutputLine extends AutoCloseable {
    void set(boolean on) throws IOException;

    /** Leaves it as it is. */
    @Override
    void close();
}
