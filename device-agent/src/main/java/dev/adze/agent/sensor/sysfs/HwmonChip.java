package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.ArrayList;
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
final class HwmonChip extends AttributeFolder {
    private static final Pattern INPUT = Pattern.compile("([a-z]+)([0-9]+)(_input)?");

    private final Path chips;
    private final Identity identity;

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
        super("hwmon." + SysfsNames.word(identity.name())
                + (nameIsUnique || identity.device().isEmpty() ? "" : "@" + SysfsNames.word(identity.device())));
        this.chips = chips;
        this.identity = identity;
        addInputs(folder);
        found(folder);
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
            if (!chip.channels().isEmpty()) {
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
                add(new ChannelInfo(name() + "." + channel, quantity.unit()), file.getFileName().toString(),
                        new SysfsAttribute(quantity));
            }
        }
    }

    @Override
    Path find() {
        for (Path chip : SysfsNames.list(chips, "hwmon")) {
            if (identity.equals(Identity.of(chip))) {
                return chip;
            }
        }
        return null;
    }
}
