package dev.adze.agent.sensor;

import dev.adze.profiles.NearestName;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Finds channels among groups by name. */
public final class SensorCatalog {
    private static final int TOLD = 8;

    private final String where;
    private final List<SensorGroup> groups;

    /** Where a channel is read: place {@code index} of a group. */
    public record Source(SensorGroup group, int index) {
        public ChannelInfo channel() {
            return group.channels().get(index);
        }
    }

    /** @param where for messages: {@code this device}, or a recording's name */
    public SensorCatalog(String where, List<SensorGroup> groups) {
        this.where = where;
        this.groups = List.copyOf(groups);
    }

    public List<Source> all() {
        return groups.stream()
                .flatMap(g -> java.util.stream.IntStream.range(0, g.channels().size()).mapToObj(i -> new Source(g, i)))
                .toList();
    }

    /**
     * @param unit what the caller reckons in; empty for any
     * @throws AdzeException if there is no such channel, or if it is measured in another unit
     */
    public Source find(String name, String unit) {
        Source source = all().stream().filter(s -> s.channel().name().equals(name)).findFirst()
                .orElseThrow(() -> new AdzeException(Kind.UNAVAILABLE, where + " has no channel " + name + hint(name)));
        String there = source.channel().unit();
        if (!unit.isEmpty() && !there.isEmpty() && !unit.equals(there)) {
            throw new AdzeException(Kind.UNAVAILABLE, where + " measures channel " + name + " in " + there + ", but "
                    + unit + " is asked for");
        }
        return source;
    }

    private String hint(String name) {
        return all().stream().map(s -> s.channel().name())
                .min(Comparator.comparingInt(known -> NearestName.distance(name, known)))
                .filter(known -> NearestName.distance(name, known) <= Math.max(2, name.length() / 3))
                .map(known -> "; did you mean " + known + "?")
                .orElse(where.equals("this device") ? "; `adze-agent sensors` lists what there is"
                        : "; it has " + all().stream().limit(TOLD).map(s -> s.channel().name()).collect(Collectors.joining(", "))
                        + (all().size() > TOLD ? ", ..." : ""));
    }
}
