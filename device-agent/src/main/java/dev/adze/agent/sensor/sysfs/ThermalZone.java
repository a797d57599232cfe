package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * One thermal zone of /sys/class/thermal, a group of its own because zones hang one by one (those of units that are
 * switched off, on a Jetson). Found by its type, {@code thermal.cpu-therm}; the second zone of a type is
 * {@code thermal.TYPE.2}.
 */
final class ThermalZone extends AttributeFolder {
    private final Path zones;
    private final String type;
    private final int ordinal;

    private ThermalZone(Path zones, String type, int ordinal) {
        super("thermal." + SysfsNames.word(type) + (ordinal == 1 ? "" : "." + ordinal));
        this.zones = zones;
        this.type = type;
        this.ordinal = ordinal;
        add(new ChannelInfo(name(), Quantity.TEMPERATURE.unit()), "temp", new SysfsAttribute(Quantity.TEMPERATURE));
    }

    static List<SensorGroup> discover(Path sysRoot) {
        return List.copyOf(zones(sysRoot));
    }

    static List<ThermalZone> zones(Path sysRoot) {
        Path zones = sysRoot.resolve("class/thermal");
        var groups = new ArrayList<ThermalZone>();
        var seen = new HashMap<String, Integer>();
        for (Path zone : SysfsNames.list(zones, "thermal_zone")) {
            String type = SysfsNames.line(zone.resolve("type"));
            if (!SysfsNames.word(type).isEmpty()) {
                groups.add(new ThermalZone(zones, type, seen.merge(type, 1, Integer::sum)));
            }
        }
        return groups;
    }

    /** The lowest temperature in degC from which the kernel throttles because of this zone; NaN for none. */
    double passiveTrip() {
        Path zone = find();
        double lowest = Double.NaN;
        for (Path file : zone == null ? List.<Path>of() : SysfsNames.list(zone, "trip_point_")) {
            String name = file.getFileName().toString();
            if (name.endsWith("_type") && SysfsNames.line(file).equals("passive")) {
                String temperature = SysfsNames.line(zone.resolve(name.replace("_type", "_temp")));
                // A point that is switched off stands at 0 or below.
                if (temperature.matches("[1-9][0-9]{0,6}")) {
                    double degrees = Quantity.TEMPERATURE.scaled(Double.parseDouble(temperature));
                    lowest = Double.isNaN(lowest) ? degrees : Math.min(lowest, degrees);
                }
            }
        }
        return lowest;
    }

    @Override
    Path find() {
        int n = 0;
        for (Path zone : SysfsNames.list(zones, "thermal_zone")) {
            if (type.equals(SysfsNames.line(zone.resolve("type"))) && ++n == ordinal) {
                return zone;
            }
        }
        return null;
    }
}
