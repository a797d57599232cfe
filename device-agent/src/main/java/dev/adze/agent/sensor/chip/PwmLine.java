package dev.adze.agent.sensor.chip;

import java.io.IOException;

/** One channel of a PWM chip, looked at only. Times in nanoseconds. */
public interface PwmLine extends AutoCloseable {
    /** What the chip is set to give: period and time that the pin is high; both 0 while it is off. */
    Signal output() throws IOException;

    /** What comes in at the pin; for chips that can measure. */
    Signal input() throws IOException;

    @Override
    void close();

    /** @param highNanos at most the period */
    record Signal(long periodNanos, long highNanos) {}
}
