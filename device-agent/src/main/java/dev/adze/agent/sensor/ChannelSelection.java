package dev.adze.agent.sensor;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.util.HashSet;
import java.util.List;

/** Some channels of a group, in an order of one's own. The whole group is still read. */
public final class ChannelSelection implements SensorGroup {
    private final SensorGroup group;
    private final int[] index;
    private final List<ChannelInfo> channels;
    private final ReadingBuffer all;

    private ChannelSelection(SensorGroup group, int[] index) {
        this.group = group;
        this.index = index;
        this.channels = java.util.Arrays.stream(index).mapToObj(group.channels()::get).toList();
        this.all = new ReadingBuffer(group.channels().size());
    }

    /** The channels called {@code names}, or the group itself if there are none. */
    public static SensorGroup of(SensorGroup group, List<String> names) {
        if (names.isEmpty()) {
            return group;
        }
        List<String> known = group.channels().stream().map(ChannelInfo::name).toList();
        var seen = new HashSet<String>();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new AdzeException(Kind.USAGE, "this host has no channel " + name + "; it has " + String.join(", ", known));
            }
            if (!seen.add(name)) {
                throw new AdzeException(Kind.USAGE, "channel " + name + " is named twice");
            }
        }
        return new ChannelSelection(group, names.stream().mapToInt(known::indexOf).toArray());
    }

    @Override
    public String name() {
        return group.name();
    }

    @Override
    public List<ChannelInfo> channels() {
        return channels;
    }

    @Override
    public void read(ReadingBuffer out) {
        group.read(all);
        for (int i = 0; i < index.length; i++) {
            out.copy(all, index[i], i);
        }
    }

    @Override
    public void close() {
        group.close();
    }
}
