package dev.adze.agent.sensor;

import java.util.BitSet;
import java.util.List;

/**
 * Channels that are read together because they share a bus, a chip or a set of files. One thread reads a group at a
 * time; a group that hangs takes only its own channels with it.
 */
public interface SensorGroup extends AutoCloseable {
    /** {@code dueNanos} of a reading that is for no sample: it opens files and gives rates something to start from. */
    long PRIMING = Long.MIN_VALUE;

    /** Unique among the groups of a host, for example {@code host} or {@code hwmon:ina3221}. */
    String name();

    List<ChannelInfo> channels();

    /**
     * Says, before the first reading, which channels anyone looks at: the others need not be read, and are left as they are
     * in the buffer. Without it all are.
     */
    default void want(BitSet channels) {}

    /**
     * Reads every channel once into {@code out[0 .. channels().size())}. Failures go into the buffer, channel by
     * channel; nothing a device does makes this throw. May block for as long as the device does.
     *
     * @param dueNanos the instant that the sample is for, on the monotonic clock; real sensors are read now, whatever
     *                 it is, but a replayed recording goes by it; {@link #PRIMING} for none
     */
    void read(long dueNanos, ReadingBuffer out);

    @Override
    void close();
}
