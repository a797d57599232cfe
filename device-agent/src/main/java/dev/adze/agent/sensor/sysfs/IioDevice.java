package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One industrial I/O device of /sys/bus/iio with its inputs, a group. Found by its name and, where several have one name,
 * by the device behind it. A channel is called {@code iio.NAME.CHANNEL}, such as {@code iio.bmp280.pressure}, or by its
 * label. Values are what the driver computes ({@code in_X_input}) or else {@code (raw + offset) * scale} from its own
 * files, which may be shared by the channels of a kind.
 */
final class IioDevice extends AttributeFolder {
    private static final Pattern VALUE = Pattern.compile("in_([a-z]+[a-z0-9_-]*)_(input|raw)");

    private final Path devices;
    private final String kernelName;
    private final String parent;
    private final List<Input> inputs = new ArrayList<>();

    /** One file and what its number means. */
    private static final class Input implements SysfsAttribute.Meaning {
        final String stem;
        final String file;
        final IioCalibration computed;
        private IioCalibration calibration;

        Input(String stem, String file, IioQuantity quantity) {
            this.stem = stem;
            this.file = file;
            computed = new IioCalibration(0, quantity.scale());
            calibration = computed;
        }

        void calibrate(Path folder) {
            calibration = file.endsWith("_raw") ? IioCalibration.of(folder, stem) : computed;
        }

        @Override
        public void set(double raw, ReadingBuffer out, int index) {
            out.ok(index, calibration.value(raw));
        }
    }

    private IioDevice(Path devices, Path folder, String kernelName, String parent, boolean nameIsUnique) {
        super("iio." + SysfsNames.word(kernelName) + (nameIsUnique || parent.isEmpty() ? "" : "@" + SysfsNames.word(parent)));
        this.devices = devices;
        this.kernelName = kernelName;
        this.parent = parent;
        Map<String, String> files = new LinkedHashMap<>();
        for (Path file : SysfsNames.list(folder, "in_")) {
            Matcher m = VALUE.matcher(file.getFileName().toString());
            if (m.matches() && (m.group(2).equals("input") || !files.containsKey(m.group(1)))) {
                files.put(m.group(1), file.getFileName().toString());
            }
        }
        var taken = new java.util.HashSet<String>();
        files.forEach((stem, file) -> {
            IioQuantity quantity = IioQuantity.of(stem);
            String label = SysfsNames.word(SysfsNames.line(folder.resolve("in_" + stem + "_label")));
            String channel = !label.isEmpty() && taken.add(label) ? label : stem;
            taken.add(channel);
            var input = new Input(stem, file, quantity);
            inputs.add(input);
            add(new ChannelInfo(name() + "." + channel, quantity.unit()), file, new SysfsAttribute(input));
        });
        found(folder);
    }

    static List<SensorGroup> discover(Path sysRoot) {
        Path devices = sysRoot.resolve("bus/iio/devices");
        Map<String, Integer> names = new HashMap<>();
        List<Path> found = SysfsNames.list(devices, "iio:device");
        found.forEach(d -> names.merge(SysfsNames.line(d.resolve("name")), 1, Integer::sum));
        var groups = new ArrayList<SensorGroup>();
        for (Path device : found) {
            String kernelName = SysfsNames.line(device.resolve("name"));
            if (!SysfsNames.word(kernelName).isEmpty()) {
                var group = new IioDevice(devices, device, kernelName, parent(device), names.get(kernelName) == 1);
                if (!group.channels().isEmpty()) {
                    groups.add(group);
                }
            }
        }
        return groups;
    }

    private static String parent(Path device) {
        try {
            return device.toRealPath().getParent().getFileName().toString();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    Path find() {
        return SysfsNames.list(devices, "iio:device").stream()
                .filter(d -> kernelName.equals(SysfsNames.line(d.resolve("name"))) && parent.equals(parent(d)))
                .findFirst().orElse(null);
    }

    @Override
    void found(Path folder) {
        super.found(folder);
        inputs.forEach(i -> i.calibrate(folder));
    }
}
