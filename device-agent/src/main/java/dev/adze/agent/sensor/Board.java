package dev.adze.agent.sensor;

import dev.adze.agent.sensor.host.HostGroup;
import dev.adze.agent.sensor.sysfs.PowerMode;
import dev.adze.agent.sensor.sysfs.SysfsSensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Everything that can be read on this device without being told how it is wired. */
public final class Board {
    private Board() {}

    /** Host figures, hwmon chips, thermal zones, industrial I/O devices, clocks and a Jetson's power mode under {@code root}, {@code /} or a recorded tree. */
    public static List<SensorGroup> discover(Path root, LongSupplier nanoClock) {
        var groups = new ArrayList<SensorGroup>();
        groups.add(new HostGroup(root, nanoClock));
        groups.addAll(SysfsSensors.discover(root.resolve("sys")));
        groups.addAll(PowerMode.discover(root));
        return groups;
    }
}
