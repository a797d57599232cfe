package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The hwmon chips, thermal zones, industrial I/O devices and clocks that a board has. */
public final class SysfsSensors {
    private SysfsSensors() {}

    /** @param sysRoot {@code /sys}, or a recorded tree */
    public static List<SensorGroup> discover(Path sysRoot) {
        var groups = new ArrayList<SensorGroup>(HwmonChip.discover(sysRoot));
        groups.addAll(ThermalZone.discover(sysRoot));
        groups.addAll(IioDevice.discover(sysRoot));
        groups.addAll(Clocks.discover(sysRoot));
        return groups;
    }
}
