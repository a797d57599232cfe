package dev.adze.agent.sensor.linux;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalInputProvider;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputProvider;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.PullResistance;
import com.pi4j.io.i2c.I2C;
import com.pi4j.io.i2c.I2CProvider;
import com.pi4j.io.pwm.Pwm;
import com.pi4j.io.pwm.PwmProvider;
import com.pi4j.io.spi.Spi;
import com.pi4j.io.spi.SpiBus;
import com.pi4j.io.spi.SpiMode;
import com.pi4j.io.spi.SpiProvider;
import dev.adze.agent.sensor.chip.GpioLine;
import dev.adze.agent.sensor.chip.I2cLink;
import dev.adze.agent.sensor.chip.PwmLine;
import dev.adze.agent.sensor.chip.SpiLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Devices on the buses of this board, by name, through Pi4J with our own providers for Linux device files: no board is
 * detected, any will do. Opening fails with an {@link IOException} that says what is missing. Thread-safe.
 */
public final class LinuxDevices implements AutoCloseable {
    private final BusNames buses = new BusNames(Path.of("/sys"));
    private final AtomicInteger ids = new AtomicInteger();
    private final Context pi4j = Pi4J.newContextBuilder().noAutoDetect().disableShutdownHook()
            .add(new LinuxI2c.Provider(), new LinuxSpi.Provider(), new LinuxDigitalInput.Provider(),
                    new LinuxDigitalOutput.Provider(), new LinuxPwm.Provider(Path.of("/sys/class/pwm"))).build();

    /** Starts Pi4J and goes once through the ways that first readings take. */
    public LinuxDevices() {
        rehearse();
    }

    /**
     * Classes are loaded and calls into the C library linked when first used: half a second on a small board, which the
     * first reading's deadline would not stand. So one device of each kind is opened that cannot be there.
     */
    private void rehearse() {
        List<Opening<AutoCloseable>> none = List.of(() -> openI2c("/dev/i2c-1000000", 3),
                () -> openSpi("/dev/spidev0.10000", 10_000, 1_000_000), () -> openInput("/dev/gpiochip-none", "0"), Libc::rehearse);
        for (Opening<AutoCloseable> opening : none) {
            try (AutoCloseable unexpected = opening.open()) {
                continue;
            } catch (Exception e) {
                // As it should be.
            }
        }
    }

    private interface Opening<T> {
        T open() throws IOException;
    }

    /** Pi4J wraps what our providers throw. */
    private static <T> T opened(Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (RuntimeException e) {
            DeviceError error = DeviceError.of(e);
            if (error != null) {
                throw error;
            }
            throw e;
        }
    }

    private String id(String kind) {
        return kind + "-" + ids.incrementAndGet();
    }

    /** @param bus name of the adapter or of the device behind it, or a path under /dev */
    public I2cLink openI2c(String bus, int address) throws IOException {
        return opened(() -> {
            I2C device = pi4j.provider(LinuxI2c.PROVIDER, I2CProvider.class).create(I2C.newConfigBuilder(pi4j)
                    .id(id("i2c")).bus(buses.i2c(bus)).device(address).build());
            return new Pi4jI2cLink(device);
        });
    }

    /** @param bus name of the controller, or a path under /dev; SPI mode 0 */
    public SpiLink openSpi(String bus, int chipSelect, int speedHz) throws IOException {
        return opened(() -> {
            int number = buses.spi(bus);
            if (number >= SpiBus.values().length) {
                throw new IOException("SPI bus " + number + " is beyond what Pi4J knows, 0 to " + (SpiBus.values().length - 1));
            }
            Spi device = pi4j.provider(LinuxSpi.PROVIDER, SpiProvider.class).create(Spi.newConfigBuilder(pi4j)
                    .id(id("spi")).bus(SpiBus.getByNumber(number)).channel(chipSelect).baud(speedHz).mode(SpiMode.MODE_0)
                    .build());
            return new Pi4jSpiLink(device);
        });
    }

    /**
     * @param chip label or name of a GPIO chip, or a path under /dev
     * @param line name of a line, or its number on the chip
     */
    public GpioLine openInput(String chip, String line) throws IOException {
        return opened(() -> {
            Place place = place(chip, line);
            DigitalInput input = pi4j.provider(LinuxDigitalInput.PROVIDER, DigitalInputProvider.class)
                    .create(DigitalInput.newConfigBuilder(pi4j).id(id("gpio")).bus(place.chip()).bcm(place.offset())
                            .pull(PullResistance.OFF).build());
            return new Pi4jGpioLine((LinuxDigitalInput) input);
        });
    }

    /**
     * An output, off from the first moment and left as it is when it is closed.
     *
     * @param activeLow whether on is low
     */
    public OutputLine openOutput(String chip, String line, boolean activeLow) throws IOException {
        DigitalState off = activeLow ? DigitalState.HIGH : DigitalState.LOW;
        return opened(() -> {
            Place place = place(chip, line);
            DigitalOutput output = pi4j.provider(LinuxDigitalOutput.PROVIDER, DigitalOutputProvider.class)
                    .create(DigitalOutput.newConfigBuilder(pi4j).id(id("gpio")).bus(place.chip()).bcm(place.offset()).initial(off).build());
            return new Pi4jOutputLine(output, off);
        });
    }

    /** A line: N of /dev/gpiochipN, and its number on the chip. */
    private record Place(int chip, int offset) {}

    private static Place place(String chip, String line) throws IOException {
        String path = chipPath(chip);
        GpioChip.Info info = GpioChip.info(path);
        int offset = GpioChip.line(path, info.lines(), line);
        if (offset < 0 && line.matches("[0-9]{1,5}")) {
            offset = Integer.parseInt(line);
        }
        if (offset < 0 || offset >= info.lines()) {
            throw new IOException("the GPIO chip " + chip + " has no line " + line);
        }
        return new Place(Integer.parseInt(info.name().substring("gpiochip".length())), offset);
    }

    /** @param chip name of the device behind a PWM chip, or {@code pwmchipN} */
    public PwmLine openPwm(String chip, int channel) throws IOException {
        return opened(() -> {
            Pwm pwm = pi4j.provider(LinuxPwm.PROVIDER, PwmProvider.class).create(Pwm.newConfigBuilder(pi4j)
                    .id(id("pwm")).chip(buses.pwm(chip)).channel(channel).build());
            return new Pi4jPwmLine((LinuxPwm) pwm);
        });
    }

    private static String chipPath(String chip) throws IOException {
        if (chip.startsWith("/dev/")) {
            return chip;
        }
        var known = new ArrayList<String>();
        var found = new ArrayList<String>();
        IOException refused = null;
        try (Stream<Path> all = Files.list(Path.of("/dev"))) {
            for (String path : all.map(Path::toString).filter(p -> p.matches("/dev/gpiochip[0-9]+")).sorted().toList()) {
                try {
                    GpioChip.Info info = GpioChip.info(path);
                    known.add(info.label());
                    if (info.label().equals(chip) || info.name().equals(chip)) {
                        found.add(path);
                    }
                } catch (DeviceError e) {
                    refused = e;
                }
            }
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        if (found.isEmpty() && refused != null) {
            throw refused;
        }
        throw new IOException(found.isEmpty()
                ? "no GPIO chip is called " + chip + "; there " + (known.isEmpty() ? "is none" : "are " + String.join(", ", known))
                : found.size() + " GPIO chips are called " + chip + "; name one by its path: " + String.join(", ", found));
    }

    @Override
    public void close() {
        pi4j.shutdown();
    }

    private record Pi4jI2cLink(I2C device) implements I2cLink {
        @Override
        public void write(byte... bytes) throws IOException {
            opened(() -> device.write(bytes, 0, bytes.length));
        }

        @Override
        public void read(byte[] in) throws IOException {
            opened(() -> device.read(in, 0, in.length));
        }

        @Override
        public void readRegister(int register, byte[] in) throws IOException {
            opened(() -> device.readRegister(register, in, 0, in.length));
        }

        @Override
        public void close() {
            device.close();
        }
    }

    private record Pi4jSpiLink(Spi device) implements SpiLink {
        @Override
        public void transfer(byte[] out, byte[] in) throws IOException {
            opened(() -> device.transfer(out, 0, in, 0, in.length));
        }

        @Override
        public void close() {
            device.close();
        }
    }

    private record Pi4jGpioLine(LinuxDigitalInput input) implements GpioLine {
        @Override
        public boolean level() throws IOException {
            return opened(() -> input.state().isHigh());
        }

        @Override
        public long edges() throws IOException {
            return input.edges();
        }

        @Override
        public void close() {
            input.close();
        }
    }

    private record Pi4jOutputLine(DigitalOutput output, DigitalState off) implements OutputLine {
        @Override
        public void set(boolean on) throws IOException {
            opened(() -> output.state(on == (off == DigitalState.LOW) ? DigitalState.HIGH : DigitalState.LOW));
        }

        @Override
        public void close() {
            output.close();
        }
    }

    private record Pi4jPwmLine(LinuxPwm pwm) implements PwmLine {
        @Override
        public Signal output() throws IOException {
            return opened(() -> pwm.enabled() ? new Signal(pwm.periodNanos(), pwm.dutyNanos()) : new Signal(0, 0));
        }

        @Override
        public Signal input() throws IOException {
            return opened(() -> {
                long[] both = pwm.capture();
                return new Signal(both[0], both[1]);
            });
        }

        @Override
        public void close() {
            pwm.close();
        }
    }
}
