package dev.adze.agent.cli;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.Board;
import dev.adze.agent.sensor.OwnRateGroup;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorCatalog.Source;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.device.ProfileDevices;
import dev.adze.agent.sensor.replay.ReplayGroup;
import dev.adze.profiles.Profile;
import dev.adze.profiles.Profile.ChannelSource;
import dev.adze.profiles.Profile.Sensors;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.preprocess.ChannelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Finds the channels that a bundle asks for where the profile says they are. A locator is a channel's name as
 * {@code adze-agent sensors} lists it, without the driver's prefix; {@code host:} and {@code device:} take the whole name.
 */
final class ProfileSensors {
    private final SensorCatalog board;
    private final Map<Path, SensorCatalog> recordings = new LinkedHashMap<>();

    private ProfileSensors(List<SensorGroup> groups) {
        board = new SensorCatalog("this device", groups);
    }

    /**
     * @return one source a channel, in the model's order
     * @throws AdzeException if a channel is not there or is measured in another unit than the model was trained in
     */
    static List<Source> find(List<ChannelSpec> channels, Sensors sensors, Path root, LongSupplier nanoClock) {
        var found = new ProfileSensors(groups(sensors, root, nanoClock));
        var sources = new ArrayList<Source>();
        for (ChannelSpec channel : channels) {
            sources.add(found.find(channel, sensors.source(channel.name())));
        }
        return sources;
    }

    /** What this board has, and, where a profile is given, the devices that it names. */
    static List<SensorGroup> groups(String profileName, Path root, LongSupplier nanoClock) {
        if (profileName == null) {
            return Board.discover(root, nanoClock);
        }
        Profile profile = ProfileReader.readNamedOrPath(profileName);
        return groups(profile.sensors(), root, nanoClock);
    }

    private static List<SensorGroup> groups(Sensors sensors, Path root, LongSupplier nanoClock) {
        var groups = new ArrayList<>(Board.discover(root, nanoClock));
        var names = new HashSet<String>();
        groups.forEach(g -> g.channels().forEach(c -> names.add(c.name())));
        Set<String> board = groups.stream().map(SensorGroup::name).collect(Collectors.toSet());
        for (SensorGroup device : ProfileDevices.groups(sensors.devices(), nanoClock)) {
            if (board.contains(device.name())) { // sensors.rates and reports tell groups by their names
                throw new AdzeException(Kind.USAGE, "sensors.devices." + device.name() + ": this device has a group " + device.name()
                        + " already; call the device otherwise");
            }
            device.channels().stream().filter(c -> !names.add(c.name())).findFirst().ifPresent(c -> {
                throw new AdzeException(Kind.USAGE, "sensors.devices." + device.name() + ": this device has a channel "
                        + c.name() + " already; call the device otherwise");
            });
            groups.add(device);
        }
        sensors.rates().forEach((name, rateHz) -> setRate(groups, name, rateHz));
        return groups;
    }

    private static void setRate(List<SensorGroup> groups, String name, double rateHz) {
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).name().equals(name)) {
                groups.set(i, new OwnRateGroup(groups.get(i), rateHz, MonotonicClock.system()));
                return;
            }
        }
        throw new AdzeException(Kind.USAGE, "sensors.rates: there is no group " + name + " here; there are "
                + String.join(", ", groups.stream().map(SensorGroup::name).toList()));
    }

    private Source find(ChannelSpec channel, ChannelSource source) {
        String locator = source.locator();
        return switch (source.driver()) {
            case HOST, HWMON, THERMAL, IIO, DEVICE -> board.find(source.deviceChannel().orElseThrow(), channel.unit());
            case REPLAY -> {
                int hash = locator.lastIndexOf('#');
                if (hash < 1 || hash == locator.length() - 1) {
                    throw new AdzeException(Kind.USAGE, "channel " + channel.name() + ": '" + source
                            + "' must be replay:FILE#COLUMN");
                }
                Path file = Path.of(locator.substring(0, hash));
                yield recordings.computeIfAbsent(file, f -> new SensorCatalog("the recording " + f, List.of(new ReplayGroup(f))))
                        .find(locator.substring(hash + 1), channel.unit());
            }
        };
    }
}
