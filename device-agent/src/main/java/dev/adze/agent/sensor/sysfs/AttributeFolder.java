package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A device's folder in sysfs, with a file for each channel. When none of them can be read any more, the device is gone, or it
 * was bound again and its folder has another number: it is looked for afresh at every reading until it is there. Reading
 * allocates nothing while it is.
 */
abstract class AttributeFolder implements SensorGroup {
    private final String name;
    private final List<ChannelInfo> channels = new ArrayList<>();
    private final List<String> files = new ArrayList<>();
    private final List<SysfsAttribute> attributes = new ArrayList<>();
    /** Of the files; null while the device is not known to be there. */
    private Path[] paths;
    /** Null for all. */
    private BitSet wanted;

    AttributeFolder(String name) {
        this.name = name;
    }

    /** Only while the group is made. */
    final void add(ChannelInfo channel, String file, SysfsAttribute attribute) {
        channels.add(channel);
        files.add(file);
        attributes.add(attribute);
    }

    /** The device's folder now, or null. */
    abstract Path find();

    /** The device is here (again). */
    void found(Path folder) {
        paths = files.stream().map(folder::resolve).toArray(Path[]::new);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<ChannelInfo> channels() {
        return channels;
    }

    @Override
    public final void want(BitSet channels) {
        wanted = channels;
    }

    @Override
    public final void read(long dueNanos, ReadingBuffer out) {
        if (paths == null) {
            Path folder = find();
            if (folder == null) {
                out.missAll("the sensor is gone");
                return;
            }
            found(folder);
        }
        boolean any = false;
        for (int i = 0; i < paths.length; i++) {
            if (wanted == null || wanted.get(i)) {
                any |= attributes.get(i).read(paths[i], out, i);
            }
        }
        if (!any) {
            paths = null;
        }
    }

    @Override
    public final void close() {
        attributes.forEach(SysfsAttribute::close);
    }
}
