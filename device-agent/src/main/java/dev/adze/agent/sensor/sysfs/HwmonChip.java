package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One chip of /sys/class/hwmon with all its inputs, a group because they share the chip's bus. Found by the chip's
 * name and, where several chips have one name, by the device behind it ({@code 1-0048}), never by the hwmon number,
 * which changes from boot to boot. A channel is called {@code hwmon.CHIP.LABEL.QUANTITY}, for example
 * {@code hwmon.ina3221.vdd_in.power}, or {@code hwmon.CHIP.temp1} after its file where the driver gives no label; CHIP
 * is {@code lm75} or, where there are several, {@code lm75@1-0048}.
 */
final class HwmonChip implements SensorGroup {
    private static final Pattern INPUT = Pattern.compile("([a-z]+)([0-9]+)(_input)?");

    private final Path chips;
    private final Identity identity;
    private final String name;
    private final List<ChannelInfo> channels = new ArrayList<>();
    private final List<String> files = new ArrayList<>();
    private final List<SysfsAttribute> attributes = new ArrayList<>();
    private Path[] paths;
    /** Null for all. */
    private BitSet wanted;

    /** What tells chips apart for as long as the board is wired as it is. */
    private record Identity(String name, String device) {
        static Identity of(Path chip) {
            Path device = chip.resolve("device");
            String target;
            try {
                target = device.toRealPath().getFileName().toString();
            } catch (java.io.IOException e) {
                target = "";
            }
            return new Identity(SysfsNames.line(chip.resolve("name")), target);
        }
    }

    private HwmonChip(Path chips, Path folder, Identity identity, boolean nameIsUnique) {
        this.chips = chips;
        this.identity = identity;
        String chip = SysfsNames.word(identity.name());
        name = "hwmon." + (nameIsUnique || identity.device().isEmpty() ? chip : chip + "@" + SysfsNames.word(identity.device()));
        addInputs(folder);
        resolve(folder);
    }

    static List<SensorGroup> discover(Path sysRoot) {
        Path chips = sysRoot.resolve("class/hwmon");
        Map<Path, Identity> found = new java.util.LinkedHashMap<>();
        Map<String, Integer> names = new HashMap<>();
        for (Path chip : SysfsNames.list(chips, "hwmon")) {
            Identity identity = Identity.of(chip);
            if (!SysfsNames.word(identity.name()).isEmpty() && !found.containsValue(identity)) {
                found.put(chip, identity);
                names.merge(identity.name(), 1, Integer::sum);
            }
        }
        var groups = new ArrayList<SensorGroup>();
        found.forEach((folder, identity) -> {
            var chip = new HwmonChip(chips, folder, identity, names.get(identity.name()) == 1);
            if (!chip.channels.isEmpty()) {
                groups.add(chip);
            }
        });
        return groups;
    }

    private void addInputs(Path folder) {
        var taken = new HashSet<String>();
        for (Quantity quantity : Quantity.values()) {
            for (Path file : SysfsNames.list(folder, quantity.prefix())) {
                Matcher m = INPUT.matcher(file.getFileName().toString());
                if (!m.matches() || !m.group(1).equals(quantity.prefix()) || (m.group(3) == null) != (quantity == Quantity.DUTY)) {
                    continue;
                }
                String stem = m.group(1) + m.group(2);
                String label = SysfsNames.word(SysfsNames.line(folder.resolve(stem + "_label")));
                // One label often stands for a rail's voltage, current and power: the quantity is part of the name.
                String channel = label.isEmpty() ? stem : label + "." + quantity.word();
                if (!taken.add(channel)) {
                    channel = label + "." + stem;
                }
                channels.add(new ChannelInfo(name + "." + channel, quantity.unit()));
                files.add(file.getFileName().toString());
                attributes.add(new SysfsAttribute(quantity));
            }
        }
    }

    private void resolve(Path folder) {
        paths = folder == null ? null : files.stream().map(folder::resolve).toArray(Path[]::new);
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
        if (paths == null) {
            resolve(find());
        }
        if (paths == null) {
            out.missAll("the sensor is gone");
            return;
        }
        boolean any = false;
        for (int i = 0; i < paths.length; i++) {
            if (wanted == null || wanted.get(i)) {
                any |= attributes.get(i).read(paths[i], out, i);
            }
        }
        if (!any) {
            // Unbound, or bound again under another hwmon number: look for it afresh next time.
            paths = null;
        }
    }

    private Path find() {
        for (Path chip : SysfsNames.list(chips, "hwmon")) {
            if (identity.equals(Identity.of(chip))) {
                return chip;
            }
        }
        return null;
    }

    @Override
    public void close() {
        attributes.forEach(SysfsAttribute::close);
    }
}
