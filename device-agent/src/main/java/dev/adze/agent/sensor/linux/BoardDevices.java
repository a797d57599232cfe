package dev.adze.agent.sensor.linux;

import dev.adze.agent.sensor.sysfs.SysfsNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a board has for sensors to be wired to, and what is wired to it as far as the kernel knows: buses, chips with lines, ports.
 * Everything is told with the name that a profile finds it by. Nothing is opened but the GPIO chips, which are only asked who they are.
 */
public final class BoardDevices {
    /** ARPHRD_CAN of linux/if_arp.h. */
    private static final String CAN = "280";
    /** PORT_UNKNOWN of linux/serial_core.h: a port that is described, but not there. */
    private static final String NO_PORT = "0";

    /**
     * Something on the board.
     *
     * @param kind {@code i2c}, {@code spi}, {@code gpio}, {@code pwm}, {@code iio}, {@code hwmon}, {@code thermal}, {@code can},
     *             {@code serial}
     * @param node where it is now, {@code /dev/i2c-1} for example: numbers may be others after the next boot
     * @param name that stays, for a profile; the node where there is none
     * @param what for people
     */
    public record Device(String kind, String node, String name, String what) {}

    /** Tells of a GPIO chip by its path; empty if it may not be asked. */
    interface ChipAsker {
        Optional<GpioChip.Info> ask(String path);
    }

    private final Path sys;
    private final Path dev;
    private final ChipAsker chips;

    BoardDevices(Path root, ChipAsker chips) {
        sys = root.resolve("sys");
        dev = root.resolve("dev");
        this.chips = chips;
    }

    /** @param root {@code /}, or a recorded tree */
    public static List<Device> discover(Path root) {
        return new BoardDevices(root, path -> {
            try {
                return Optional.of(GpioChip.info(path));
            } catch (DeviceError e) {
                return Optional.empty();
            }
        }).all();
    }

    List<Device> all() {
        var all = new ArrayList<Device>();
        SysfsNames.list(sys.resolve("class/i2c-dev"), "i2c-").forEach(bus -> all.add(i2c(bus)));
        SysfsNames.list(sys.resolve("class/spi_master"), "spi").forEach(bus -> all.add(spi(bus)));
        SysfsNames.list(sys.resolve("bus/gpio/devices"), "gpiochip").forEach(chip -> all.add(gpio(chip)));
        SysfsNames.list(sys.resolve("class/pwm"), "pwmchip").forEach(chip -> all.add(pwm(chip)));
        SysfsNames.list(sys.resolve("bus/iio/devices"), "iio:device").forEach(device -> all.add(iio(device)));
        SysfsNames.list(sys.resolve("class/hwmon"), "hwmon").forEach(chip -> all.add(hwmon(chip)));
        SysfsNames.list(sys.resolve("class/thermal"), "thermal_zone").forEach(zone -> all.add(thermal(zone)));
        SysfsNames.list(sys.resolve("class/net"), "").forEach(port -> can(port).ifPresent(all::add));
        SysfsNames.list(sys.resolve("class/tty"), "tty").forEach(port -> serial(port).ifPresent(all::add));
        return all;
    }

    private static String file(Path path) {
        return path.getFileName().toString();
    }

    /** The device behind an entry of sysfs: what its link leads to. */
    private static Optional<Path> behind(Path entry, String link) {
        try {
            return Optional.of(entry.resolve(link).toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long count(Path folder, String pattern) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> file(f).matches(pattern)).count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static String many(long count, String one) {
        return count + " " + one + (count == 1 ? "" : "s");
    }

    private static Device named(String kind, String node, List<String> names, String what) {
        // The device behind it is one alone; adapters of a driver often share a name.
        String name = names.isEmpty() ? node : names.getLast();
        String also = names.size() > 1 ? names.getFirst() + (what.isEmpty() ? "" : "; ") : "";
        return new Device(kind, node, name, also + what);
    }

    private Device i2c(Path bus) {
        String number = file(bus).substring("i2c-".length());
        var held = new ArrayList<String>();
        for (Path chip : SysfsNames.list(sys.resolve("bus/i2c/devices"), number + "-")) {
            held.add(SysfsNames.line(chip.resolve("name")) + " at 0x" + file(chip).substring(file(chip).length() - 2)
                    + (Files.exists(chip.resolve("driver")) ? " (held by its driver)" : ""));
        }
        return named("i2c", "/dev/" + file(bus), BusNames.names(bus), String.join(", ", held));
    }

    private Device spi(Path bus) {
        var selects = new ArrayList<String>();
        for (Path select : SysfsNames.list(sys.resolve("bus/spi/devices"), file(bus) + ".")) {
            String number = file(select).substring("spi".length());
            boolean free = Files.exists(dev.resolve("spidev" + number));
            selects.add("chip select " + number.substring(number.indexOf('.') + 1) + (free ? " at /dev/spidev" + number
                    : ": " + SysfsNames.line(select.resolve("modalias")).replaceFirst("^spi:", "")
                            + (Files.exists(select.resolve("driver")) ? " (held by its driver)" : "")));
        }
        return named("spi", file(bus), BusNames.names(bus), selects.isEmpty() ? "no chip select described" : String.join(", ", selects));
    }

    private Device gpio(Path chip) {
        String path = dev.resolve(file(chip)).toString();
        return chips.ask(path).map(info -> new Device("gpio", "/dev/" + file(chip), info.label().isEmpty() ? "/dev/" + file(chip) : info.label(),
                many(info.lines(), "line")))
                .orElseGet(() -> new Device("gpio", "/dev/" + file(chip), "/dev/" + file(chip), "may not be asked: see `adze-agent doctor`"));
    }

    private Device pwm(Path chip) {
        String lines = SysfsNames.line(chip.resolve("npwm"));
        return named("pwm", file(chip), BusNames.names(chip), lines.isEmpty() ? "" : many(Long.parseLong(lines), "output"));
    }

    private Device iio(Path device) {
        long inputs = count(device, "in_.*_(raw|input)");
        long scanned = count(device.resolve("scan_elements"), "in_.*_en");
        return new Device("iio", file(device), SysfsNames.line(device.resolve("name")), many(inputs, "channel")
                + (scanned > 0 ? ", " + scanned + " of them by buffer" : ""));
    }

    private Device hwmon(Path chip) {
        long inputs = count(chip, "[a-z]+[0-9]+_(input|average)");
        String device = behind(chip, "device").map(d -> ", at " + file(d)).orElse("");
        return new Device("hwmon", file(chip), SysfsNames.line(chip.resolve("name")), many(inputs, "input") + device);
    }

    private Device thermal(Path zone) {
        return new Device("thermal", file(zone), SysfsNames.line(zone.resolve("type")), many(count(zone, "trip_point_[0-9]+_temp"), "trip point"));
    }

    private Optional<Device> can(Path port) {
        if (!SysfsNames.line(port.resolve("type")).equals(CAN)) {
            return Optional.empty();
        }
        return Optional.of(new Device("can", file(port), file(port), behind(port, "device").map(d -> file(d) + ", ").orElse("no hardware, ")
                + SysfsNames.line(port.resolve("operstate"))));
    }

    private Optional<Device> serial(Path port) {
        Optional<Path> device = behind(port, "device");
        if (device.isEmpty() || SysfsNames.line(port.resolve("type")).equals(NO_PORT)) {
            return Optional.empty();
        }
        String driver = behind(port, "device/driver").map(BoardDevices::file).orElse("no driver");
        // By what is plugged in, where udev has named it.
        for (Path link : SysfsNames.list(dev.resolve("serial/by-id"), "")) {
            if (behind(link, "").map(BoardDevices::file).orElse("").equals(file(port))) {
                return Optional.of(new Device("serial", "/dev/" + file(port), "/dev/serial/by-id/" + file(link), driver));
            }
        }
        return Optional.of(new Device("serial", "/dev/" + file(port), "/dev/" + file(port), driver + ", " + file(device.get())));
    }
}
