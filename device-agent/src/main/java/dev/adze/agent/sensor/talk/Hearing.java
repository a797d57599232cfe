package dev.adze.agent.sensor.talk;

import dev.adze.agent.sensor.ReadingBuffer;

/** Makes values of what a talker says. There is a new one for every time that the talker is opened. */
public interface Hearing {
    /**
     * Writes the channels that these bytes tell of, and lets be the others.
     *
     * @param bytes whose first {@code count} have come, in pieces of any size where the source knows no frames
     * @return whether they held anything whole
     */
    boolean hear(byte[] bytes, int count, ReadingBuffer latest, Told told);

    /** Is told which channels were spoken of. */
    interface Told {
        void channel(int index);
    }
}
