package dev.adze.agent.cli;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.linux.BoardDevices;
import dev.adze.agent.sensor.linux.BoardDevices.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "sensors",
        description = "Lists the channels that this device has (its own figures, hwmon chips, thermal zones, industrial I/O, clocks), "
                + "and the buses, chips and ports that sensors can be wired to.",
        mixinStandardHelpOptions = true)
final class SensorsCommand implements Callable<Integer> {
    @Option(names = "--profile", paramLabel = "PROFILE",
            description = "Also the devices that this profile names.")
    private String profileName;

    @Option(names = "--root", hidden = true, defaultValue = "/")
    private Path root;

    @Override
    public Integer call() {
        List<SensorGroup> groups = ProfileSensors.groups(profileName, root, System::nanoTime);
        int width = groups.stream().flatMap(g -> g.channels().stream()).mapToInt(c -> c.name().length()).max().orElse(7);
        System.out.printf("%-" + width + "s  %-6s  %s%n", "CHANNEL", "UNIT", "READ TOGETHER AS");
        int count = 0;
        for (SensorGroup group : groups) {
            for (ChannelInfo channel : group.channels()) {
                System.out.printf("%-" + width + "s  %-6s  %s%n", channel.name(), channel.unit(), group.name());
                count++;
            }
        }
        System.out.printf("%d channels in %d groups%n", count, groups.size());
        groups.forEach(SensorGroup::close);
        devices(BoardDevices.discover(root));
        return 0;
    }

    private static void devices(List<Device> devices) {
        int nodes = devices.stream().mapToInt(d -> d.node().length()).max().orElse(4);
        int names = devices.stream().mapToInt(d -> d.name().length()).max().orElse(17);
        System.out.printf("%n%-7s  %-" + nodes + "s  %-" + Math.max(17, names) + "s  %s%n", "KIND", "NOW", "NAME IN A PROFILE", "WHAT");
        for (Device device : devices) {
            System.out.printf("%-7s  %-" + nodes + "s  %-" + Math.max(17, names) + "s  %s%n", device.kind(), device.node(), device.name(), device.what());
        }
        System.out.println(devices.isEmpty() ? "no buses, chips or ports" : devices.size() + " buses, chips and ports");
    }
}
