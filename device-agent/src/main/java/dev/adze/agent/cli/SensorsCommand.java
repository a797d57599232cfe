package dev.adze.agent.cli;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "sensors",
        description = "Lists the channels that this device has: its own figures, hwmon chips, thermal zones, industrial I/O, clocks.",
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
        return 0;
    }
}
