package dev.adze.agent.sensor.host;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.util.List;

/** Some figures of this host from one kernel interface; they fill a stretch of the group's channels. */
interface HostFigures extends AutoCloseable {
    List<ChannelInfo> channels();

    /** Fills {@code out[offset .. offset + channels().size())}. */
    void read(ReadingBuffer out, int offset);

    /** All of a stretch missing for the same reason. */
    default void missAll(ReadingBuffer out, int offset, String reason) {
        for (int i = 0; i < channels().size(); i++) {
            out.missing(offset + i, reason);
        }
    }

    @Override
    void close();
}
