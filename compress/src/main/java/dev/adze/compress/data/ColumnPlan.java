package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * What the columns of one file become.
 *
 * @param time  index of the time column, or -1
 * @param unit  index of the unit column, or -1
 * @param picks the channels, in the recording's order
 */
record ColumnPlan(int time, int unit, List<Pick> picks) {
    private static final Set<String> TIME_NAMES =
            Set.of("time", "timestamp", "date", "datetime", "date_time", "ts", "utc");

    /** Column {@code index} becomes {@code channel}; {@code words} are its labels, empty for numbers. */
    record Pick(int index, Channel channel, List<String> words) {}

    /**
     * @param header the file's columns in order
     * @param where  the file, for messages
     */
    static ColumnPlan of(DataSpec spec, List<Channel> header, String where) {
        requireDistinct(header.stream().map(Channel::name).toList(), where + " has two columns named ",
                "; rename one in the file");
        int time = timeColumn(spec.time(), header, where);
        int unit = spec.unitColumn().isEmpty() ? find(header, "unit_id") : require(header, spec.unitColumn(), where);
        requireAll(header, spec.drop(), where);
        requireAll(header, spec.rename().keySet(), where);
        requireAll(header, spec.units().keySet(), where);
        requireAll(header, spec.labels().keySet(), where);
        var picks = new ArrayList<Pick>();
        if (spec.keep().isEmpty()) {
            Set<Integer> dropped = new HashSet<>(spec.drop().stream().map(name -> find(header, name)).toList());
            for (int i = 0; i < header.size(); i++) {
                if (i != time && i != unit && !dropped.contains(i)) {
                    picks.add(pick(spec, header, i));
                }
            }
        } else {
            spec.keep().forEach(name -> picks.add(pick(spec, header, require(header, name, where))));
        }
        if (picks.isEmpty()) {
            throw bad(where + " has no channel left besides time and unit; check keep and drop");
        }
        requireDistinct(picks.stream().map(p -> p.channel().name()).toList(), where + " gives two channels named ",
                "; check keep and rename");
        return new ColumnPlan(time, unit, List.copyOf(picks));
    }

    private static Pick pick(DataSpec spec, List<Channel> header, int index) {
        Channel column = header.get(index);
        String name = named(spec.rename(), column, column.name());
        String unit = named(spec.units(), column, column.unit());
        return new Pick(index, new Channel(name, unit), named(spec.labels(), column, List.of()));
    }

    /** The option given for a column, under its name or its whole header. */
    private static <T> T named(java.util.Map<String, T> options, Channel column, T otherwise) {
        T value = options.get(column.name());
        return Objects.requireNonNullElse(value == null ? options.get(column.header()) : value, otherwise);
    }

    private static int timeColumn(TimeSpec spec, List<Channel> header, String where) {
        if (spec.none()) {
            return -1;
        }
        if (!spec.column().isEmpty()) {
            return require(header, spec.column(), where);
        }
        for (int i = 0; i < header.size(); i++) {
            if (TIME_NAMES.contains(header.get(i).name().toLowerCase(Locale.ROOT))) {
                return i;
            }
        }
        return -1;
    }

    /** This plan with its picks in the order of another file's; the channels must be the same. */
    ColumnPlan alignedTo(ColumnPlan first, String firstFile, String where) {
        var aligned = new ArrayList<Pick>();
        for (Pick wanted : first.picks) {
            Pick own = picks.stream().filter(p -> p.channel().name().equals(wanted.channel().name())).findFirst()
                    .orElseThrow(() -> Names.unknown(where + " lacks column", wanted.channel().name() + ", which " + firstFile
                            + " has", picks.stream().map(p -> p.channel().name()).toList()));
            if (!own.channel().unit().equals(wanted.channel().unit())) {
                throw bad(where + " has " + own.channel() + " where " + firstFile + " has " + wanted.channel()
                        + "; convert one, or state the unit if it is the same");
            }
            aligned.add(own);
        }
        for (Pick own : picks) {
            if (first.picks.stream().noneMatch(p -> p.channel().name().equals(own.channel().name()))) {
                throw bad(where + " has column " + own.channel().name() + ", which " + firstFile
                        + " lacks; name the columns to keep, or drop it");
            }
        }
        if (time < 0 != first.time < 0 || unit < 0 != first.unit < 0) {
            throw bad(where + " and " + firstFile + " do not both have a time column and a unit column, or neither; read "
                    + "them apart");
        }
        return new ColumnPlan(time, unit, List.copyOf(aligned));
    }

    private static void requireAll(List<Channel> header, Collection<String> names, String where) {
        names.forEach(name -> require(header, name, where));
    }

    private static int require(List<Channel> header, String name, String where) {
        int index = find(header, name);
        if (index < 0) {
            throw Names.unknown(where + " has no column", name, header.stream().map(Channel::name).toList());
        }
        return index;
    }

    private static int find(List<Channel> header, String name) {
        for (int i = 0; i < header.size(); i++) {
            if (header.get(i).name().equals(name) || header.get(i).header().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static void requireDistinct(List<String> names, String message, String mend) {
        var seen = new HashSet<String>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw bad(message + name + mend);
            }
        }
    }

    static AdzeException bad(String message) {
        return new AdzeException(AdzeException.Kind.BAD_DATA, message);
    }
}
