package dev.adze.agent.sensor;

import java.util.List;
import java.util.function.LongToDoubleFunction;

/**
 * A group of one channel for tests.
 *
 * @param value at a due instant in nanoseconds
 */
public record OneChannel(ChannelInfo channel, LongToDoubleFunction value) implements SensorGroup {
    @Override
    public String name() {
        return channel.name();
    }

    @Override
    public List<ChannelInfo> channels() {
        return List.of(channel);
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        out.ok(0, value.applyAsDouble(dueNanos));
    }

    @Override
    public void close() {}
}
