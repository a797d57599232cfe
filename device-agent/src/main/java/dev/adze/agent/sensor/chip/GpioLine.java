package dev.adze.agent.sensor.chip;

import java.io.IOException;

/** One GPIO line that is read. */
public interface GpioLine extends AutoCloseable {
    boolean level() throws IOException;

    /** Rising and falling edges since it was opened, none lost; -1 if the line cannot tell. */
    long edges() throws IOException;

    @Override
    void close();
}
