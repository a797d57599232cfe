package dev.adze.agent.sensor.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds buses by what does not change from boot to boot: the adapter's name, or the device behind it in the device tree
 * ({@code 3160000.i2c}). A path under /dev is taken as it is, its links followed.
 */
final class BusNames {
    private final Path sys;

    BusNames(Path sys) {
        this.sys = sys;
    }

    /** Number of an I2C bus: N of /dev/i2c-N. */
    int i2c(String name) throws IOException {
        return number(name, "i2c-", sys.resolve("class/i2c-dev"), "I2C bus");
    }

    /** Number of an SPI bus: B of /dev/spidevB.C. A path there names the chip select too, which has to fit. */
    int spi(String name) throws IOException {
        if (name.startsWith("/dev/")) {
            Matcher m = Pattern.compile("/dev/spidev([0-9]{1,5})\\.[0-9]{1,5}").matcher(resolved(name));
            if (!m.matches()) {
                throw new IOException("no SPI bus is called " + name);
            }
            return Integer.parseInt(m.group(1));
        }
        return number(name, "spi", sys.resolve("class/spi_master"), "SPI bus");
    }

    /** Number of a PWM chip: N of /sys/class/pwm/pwmchipN. */
    int pwm(String name) throws IOException {
        return number(name, "pwmchip", sys.resolve("class/pwm"), "PWM chip");
    }

    private int number(String name, String prefix, Path folder, String what) throws IOException {
        if (name.startsWith("/dev/")) {
            return entry(resolved(name).substring("/dev/".length()), prefix)
                    .orElseThrow(() -> new IOException("no " + what + " is called " + name));
        }
        var found = new ArrayList<Integer>();
        var known = new TreeSet<String>();
        for (Path bus : list(folder)) {
            Optional<Integer> number = entry(bus.getFileName().toString(), prefix);
            if (number.isEmpty()) {
                continue;
            }
            List<String> names = names(bus);
            known.addAll(names);
            if (names.contains(name) || bus.getFileName().toString().equals(name)) {
                found.add(number.get());
            }
        }
        if (found.size() > 1) {
            throw new IOException(found.size() + " " + what + "es are called " + name + "; name the device behind one: "
                    + String.join(", ", known));
        }
        if (found.isEmpty()) {
            throw new IOException("no " + what + " is called " + name + "; there "
                    + (known.isEmpty() ? "is none" : "are " + String.join(", ", known)));
        }
        return found.getFirst();
    }

    private static Optional<Integer> entry(String file, String prefix) {
        Matcher m = Pattern.compile(Pattern.quote(prefix) + "([0-9]{1,6})").matcher(file);
        return m.matches() ? Optional.of(Integer.parseInt(m.group(1))) : Optional.empty();
    }

    /** The adapter's own name, and that of the device it belongs to. */
    static List<String> names(Path bus) {
        var names = new ArrayList<String>();
        try {
            names.add(Files.readString(bus.resolve("name")).strip());
        } catch (IOException e) {
            // SPI controllers have none.
        }
        try {
            Path device = bus.resolve("device").toRealPath();
            // class/i2c-dev: the adapter itself, whose parent is the controller; class/spi_master: the controller.
            boolean adapter = device.getFileName().toString().startsWith("i2c-");
            String controller = (adapter ? device.getParent() : device).getFileName().toString();
            // Behind a multiplexer's channel lies another bus, behind an adapter without hardware the folder of all devices.
            if (!controller.matches("i2c-[0-9]+|devices")) {
                names.add(controller);
            }
        } catch (IOException e) {
            // A bus without hardware behind it.
        }
        return names;
    }

    private static String resolved(String path) throws IOException {
        Path file = Path.of(path);
        return Files.isSymbolicLink(file) ? file.toRealPath().toString() : path;
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
