package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * What one kind of sensor knows: its channels, how it is set up, and what its bytes mean. Formulas and register numbers
 * are those of the data sheet named in each. For one thread.
 *
 * @param <L> how it is wired
 */
public interface Chip<L> {
    /** Under the chip's own names. */
    List<ChannelInfo> channels();

    /**
     * Makes sure that this chip is there and sets it up. Called before the first reading, and again after a reading
     * failed: the chip may have lost its power.
     *
     * @throws IOException whose message is the reason that the channels are missing
     */
    void start(L link) throws IOException;

    /** Reads every channel into {@code out[0 .. channels().size())}. */
    void read(L link, ReadingBuffer out) throws IOException;
}
