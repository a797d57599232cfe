package dev.adze.agent.alarm;

import dev.adze.profiles.Profile.GpioOutput;
import java.io.IOException;

/** Something that is on while an alarm is raised, and off otherwise. */
public interface Switch extends AutoCloseable {
    void set(boolean on) throws IOException;

    /** Leaves it as it is. */
    @Override
    void close();

    /** Opens a line as an output that is off. */
    interface Opener {
        Switch open(GpioOutput output) throws IOException;
    }
}
