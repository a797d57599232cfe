package dev.adze.agent.sensor;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.SensorCatalog.Source;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The channels that one wants, in one's own order, wherever they come from: reads all groups at once, each on its own
 * thread, and waits for them no longer than a time limit. Only what is wanted is read. For one caller
 * thread; {@link #read} allocates nothing.
 */
public final class SensorPanel implements AutoCloseable {
    /** First readings open files and load classes. */
    private static final long PRIMING_NANOS = 2_000_000_000L;
    private static final String QUARANTINED = "no answer in time; the sensor is quarantined";

    private final List<ChannelInfo> channels;
    private final GroupReader[] readers;
    private final int[] readerOf;
    private final int[] indexOf;
    private final MonotonicClock clock;

    /** @param sources where the channels come from; the panel owns and closes their groups */
    public SensorPanel(List<Source> sources, MonotonicClock clock) {
        this.clock = clock;
        channels = sources.stream().map(Source::channel).toList();
        List<SensorGroup> groups = sources.stream().map(Source::group).distinct().toList();
        groups.forEach(group -> group.want(sources.stream().filter(s -> s.group() == group).mapToInt(Source::index)
                .collect(BitSet::new, BitSet::set, BitSet::or)));
        readers = groups.stream().map(GroupReader::new).toArray(GroupReader[]::new);
        readerOf = sources.stream().mapToInt(s -> groups.indexOf(s.group())).toArray();
        indexOf = sources.stream().mapToInt(Source::index).toArray();
    }

    public List<ChannelInfo> channels() {
        return channels;
    }

    /** A first reading for nobody, to be done before a schedule starts; may take two seconds. */
    public void prime() {
        read(SensorGroup.PRIMING, PRIMING_NANOS, new ReadingBuffer(channels.size()));
    }

    /**
     * Reads every channel once into {@code out[0 .. channels().size())}; channels of a group that does not answer
     * within {@code limitNanos} from now are missing.
     *
     * @param dueNanos the instant that the sample is for
     */
    public void read(long dueNanos, long limitNanos, ReadingBuffer out) {
        long start = clock.nanoTime();
        for (GroupReader reader : readers) {
            reader.request(dueNanos, start);
        }
        long now = start;
        while (!allSettled() && now - start < limitNanos) {
            clock.parkUntil(start + limitNanos);
            now = clock.nanoTime();
        }
        for (GroupReader reader : readers) {
            reader.settle(now);
        }
        for (int i = 0; i < readerOf.length; i++) {
            GroupReader reader = readers[readerOf[i]];
            if (reader.hasReading()) {
                out.copy(reader.buffer(), indexOf[i], i);
            } else {
                out.missing(i, QUARANTINED);
            }
        }
    }

    private boolean allSettled() {
        for (GroupReader reader : readers) {
            if (!reader.isSettled()) {
                return false;
            }
        }
        return true;
    }

    /** Names of the groups whose last reading did not come in time. */
    public List<String> quarantined() {
        var names = new ArrayList<String>();
        for (GroupReader reader : readers) {
            if (reader.isQuarantined()) {
                names.add(reader.group().name());
            }
        }
        return names;
    }

    /** How many groups' last reading did not come in time. */
    public int quarantinedCount() {
        int n = 0;
        for (GroupReader reader : readers) {
            n += reader.isQuarantined() ? 1 : 0;
        }
        return n;
    }

    /** Readings of groups that did not come in time, so far. */
    public long timeouts() {
        long sum = 0;
        for (GroupReader reader : readers) {
            sum += reader.misses();
        }
        return sum;
    }

    @Override
    public void close() {
        for (GroupReader reader : readers) {
            reader.close();
        }
    }
}
