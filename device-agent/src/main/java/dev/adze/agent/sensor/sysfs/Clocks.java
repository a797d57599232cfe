package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Clocks that the kernel scales, and the load of a Jetson's GPU: {@code cpufreq.policy0} (named after the first core of
 * those that share a clock), {@code devfreq.DEVICE} for GPU, memory and other engines, {@code gpu.load}. The processor's
 * are one group; every engine is its own, because one that is switched off may hang its reader.
 */
final class Clocks implements SensorGroup {
    private static final double MEGAHERTZ_PER_KILOHERTZ = 1e-3;
    private static final double MEGAHERTZ_PER_HERTZ = 1e-6;
    private static final double PERCENT_PER_PERMILLE = 0.1;
    /** Some drivers measure a little more than the maximum, boosted clocks half as much again. */
    private static final double MOST_SHARE = 4;
    /** Of JetPack 4 and 5, and of 6. */
    private static final List<String> GPU_LOADS = List.of("devices/gpu.0/load", "devices/platform/gpu.0/load",
            "devices/platform/bus@0/17000000.gpu/load");

    private final String name;
    private final List<ChannelInfo> channels = new ArrayList<>();
    private final List<Path> paths = new ArrayList<>();
    private final List<SysfsAttribute> attributes = new ArrayList<>();
    /** Null for all. */
    private BitSet wanted;

    private Clocks(String name) {
        this.name = name;
    }

    private Clocks add(String channel, String unit, Path path, double scale, double most) {
        channels.add(new ChannelInfo(channel, unit));
        paths.add(path);
        attributes.add(new SysfsAttribute((raw, out, index) -> {
            double value = raw * scale;
            if (value < 0 || value > most) {
                out.invalid(index, "beyond what can be: a sentinel of the driver");
            } else {
                out.ok(index, value);
            }
        }));
        return this;
    }

    static List<SensorGroup> discover(Path sysRoot) {
        var groups = new ArrayList<SensorGroup>();
        var processor = new Clocks("cpufreq");
        for (Path policy : SysfsNames.list(sysRoot.resolve("devices/system/cpu/cpufreq"), "policy")) {
            Path file = policy.resolve("scaling_cur_freq");
            if (Files.exists(file)) {
                processor.add("cpufreq." + policy.getFileName(), "MHz", file, MEGAHERTZ_PER_KILOHERTZ, 20_000);
            }
        }
        if (!processor.channels.isEmpty()) {
            groups.add(processor);
        }
        for (Path device : SysfsNames.list(sysRoot.resolve("class/devfreq"), "")) {
            String channel = "devfreq." + SysfsNames.word(device.getFileName().toString());
            if (Files.exists(device.resolve("cur_freq"))) {
                groups.add(new Clocks(channel).add(channel, "MHz", device.resolve("cur_freq"), MEGAHERTZ_PER_HERTZ, 20_000));
            }
        }
        GPU_LOADS.stream().map(sysRoot::resolve).filter(Files::exists).findFirst().ifPresent(
                load -> groups.add(new Clocks("gpu").add("gpu.load", "%", load, PERCENT_PER_PERMILLE, 100)));
        return groups;
    }

    /** For every processor clock the share of its hardware's maximum at which it runs, and the share that is allowed now. */
    static Clocks shares(Path sysRoot) {
        var shares = new Clocks("cpufreq-shares");
        for (Path policy : SysfsNames.list(sysRoot.resolve("devices/system/cpu/cpufreq"), "policy")) {
            String most = SysfsNames.line(policy.resolve("cpuinfo_max_freq"));
            if (most.matches("[1-9][0-9]{0,9}") && Files.exists(policy.resolve("scaling_cur_freq"))) {
                double scale = 1 / Double.parseDouble(most);
                shares.add("share." + policy.getFileName(), "", policy.resolve("scaling_cur_freq"), scale, MOST_SHARE);
                shares.add("allowed." + policy.getFileName(), "", policy.resolve("scaling_max_freq"), scale, MOST_SHARE);
            }
        }
        return shares;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<ChannelInfo> channels() {
        return channels;
    }

    @Override
    public void want(BitSet channels) {
        wanted = channels;
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        for (int i = 0; i < paths.size(); i++) {
            if (wanted == null || wanted.get(i)) {
                attributes.get(i).read(paths.get(i), out, i);
            }
        }
    }

    @Override
    public void close() {
        attributes.forEach(SysfsAttribute::close);
    }
}
