package dev.adze.agent.sensor.device;

import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.can.CanGroups;
import dev.adze.agent.sensor.chip.Ads1115;
import dev.adze.agent.sensor.chip.Bme280;
import dev.adze.agent.sensor.chip.Chip;
import dev.adze.agent.sensor.chip.GpioLine;
import dev.adze.agent.sensor.chip.GpioLines;
import dev.adze.agent.sensor.chip.I2cLink;
import dev.adze.agent.sensor.chip.I2cRegisters;
import dev.adze.agent.sensor.chip.Ina226;
import dev.adze.agent.sensor.chip.Ina3221;
import dev.adze.agent.sensor.chip.Lm75;
import dev.adze.agent.sensor.chip.Max31855;
import dev.adze.agent.sensor.chip.Mcp3008;
import dev.adze.agent.sensor.chip.Mpu6050;
import dev.adze.agent.sensor.chip.Sht3x;
import dev.adze.agent.sensor.chip.PwmLine;
import dev.adze.agent.sensor.chip.PwmLines;
import dev.adze.agent.sensor.chip.SpiLink;
import dev.adze.agent.sensor.chip.Tmp102;
import dev.adze.agent.sensor.line.LineGroups;
import dev.adze.agent.sensor.linux.LinuxDevices;
import dev.adze.agent.sensor.modbus.ModbusGroup;
import dev.adze.agent.sensor.sysfs.IioBufferGroup;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Driver;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongSupplier;

/** Makes sensor groups of what a profile says is wired to the board. Nothing is opened before the first reading. */
public final class ProfileDevices {
    private final LongSupplier nanoClock;
    /** Starting Pi4J takes a moment, so it is done beforehand and not within the first reading's deadline;
     * null where no device is on a bus. */
    private final LinuxDevices buses;

    private ProfileDevices(boolean onBuses, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        buses = onBuses ? new LinuxDevices() : null;
    }

    /** One group a device, named as in the profile. */
    public static List<SensorGroup> groups(List<SensorDevice> devices, LongSupplier nanoClock) {
        boolean onBuses = devices.stream().anyMatch(d -> switch (d.link()) {
            case Link.I2c _, Link.Spi _, Link.Gpio _, Link.Pwm _ -> true;
            case Link.Serial _, Link.Tcp _, Link.Command _, Link.Can _, Link.Iio _ -> false;
        });
        var made = new ProfileDevices(onBuses, nanoClock);
        return devices.stream().map(made::group).toList();
    }

    private SensorGroup group(SensorDevice device) {
        return switch (device.link()) {
            case Link.I2c(String bus, int address) ->
                new ChipGroup<>(device.name(), i2cChip(device), () -> buses.openI2c(bus, address));
            case Link.Spi(String bus, int chipSelect, int speedHz) ->
                new ChipGroup<>(device.name(), spiChip(device), () -> buses.openSpi(bus, chipSelect, speedHz));
            case Link.Gpio(String chip) ->
                new ChipGroup<>(device.name(), new GpioLines(device.inputs(), nanoClock), () -> openLines(chip, device.inputs()));
            case Link.Pwm(String chip) ->
                new ChipGroup<>(device.name(), new PwmLines(device.inputs()), () -> openPwm(chip, device.inputs()));
            case Link.Can bus -> CanGroups.of(device, bus, nanoClock);
            case Link.Iio link -> new IioBufferGroup(Path.of("/"), device, link, nanoClock);
            case Link.Command command -> LineGroups.of(device, command, nanoClock);
            case Link.Serial port when device.driver() == Driver.MODBUS_RTU -> ModbusGroup.of(device, port);
            case Link.Serial port -> LineGroups.of(device, port, nanoClock);
            case Link.Tcp address -> ModbusGroup.of(device, address);
        };
    }

    private Chip<I2cLink> i2cChip(SensorDevice device) {
        return switch (device.driver()) {
            case I2C_REGISTERS -> new I2cRegisters(device.inputs());
            case INA3221 -> new Ina3221(device.setting("shunt-ohms"));
            case INA226 -> new Ina226(device.setting("shunt-ohms"));
            case BME280 -> new Bme280();
            case SHT3X -> new Sht3x(nanoClock);
            case LM75 -> new Lm75();
            case TMP102 -> new Tmp102();
            case MPU6050 -> new Mpu6050((int) device.setting("range-g"), (int) device.setting("range-dps"));
            case ADS1115 -> new Ads1115(device.inputs(), device.setting("range-v"));
            case MCP3008, MAX31855, GPIO, PROCESS, SERIAL_LINES, NMEA, MODBUS_TCP, MODBUS_RTU, CAN, PWM, IIO_BUFFER ->
                throw notOn("I2C", device);
        };
    }

    private Chip<SpiLink> spiChip(SensorDevice device) {
        return switch (device.driver()) {
            case MCP3008 -> new Mcp3008(device.inputs(), device.setting("reference-v"));
            case MAX31855 -> new Max31855();
            case I2C_REGISTERS, INA3221, INA226, BME280, SHT3X, LM75, TMP102, MPU6050, ADS1115, GPIO, PROCESS, SERIAL_LINES, NMEA,
                    MODBUS_TCP, MODBUS_RTU, CAN, PWM, IIO_BUFFER -> throw notOn("SPI", device);
        };
    }

    private static IllegalArgumentException notOn(String bus, SensorDevice device) {
        return new IllegalArgumentException(device.driver() + " is not on " + bus);
    }

    private interface LineOpener<T> {
        T open(String name) throws IOException;
    }

    /** The kernel gives a line to one user: inputs of one line share it. */
    private static <T extends AutoCloseable> LinkedHashMap<String, T> openEach(List<Input> inputs, LineOpener<T> opener) throws IOException {
        var lines = new LinkedHashMap<String, T>();
        try {
            for (Input input : inputs) {
                if (!lines.containsKey(input.from())) {
                    lines.put(input.from(), opener.open(input.from()));
                }
            }
            return lines;
        } catch (IOException | RuntimeException e) {
            close(lines.values());
            throw e;
        }
    }

    private static void close(Iterable<? extends AutoCloseable> lines) {
        for (AutoCloseable line : lines) {
            try {
                line.close();
            } catch (Exception e) {
                // Only read from.
            }
        }
    }

    private GpioLines.Lines openLines(String chip, List<Input> inputs) throws IOException {
        LinkedHashMap<String, GpioLine> lines = openEach(inputs, line -> buses.openInput(chip, line));
        List<GpioLine> ofInputs = inputs.stream().map(i -> lines.get(i.from())).toList();
        return new GpioLines.Lines() {
            @Override
            public GpioLine line(int index) {
                return ofInputs.get(index);
            }

            @Override
            public void close() {
                ProfileDevices.close(lines.values());
            }
        };
    }

    private PwmLines.Lines openPwm(String chip, List<Input> inputs) throws IOException {
        LinkedHashMap<String, PwmLine> lines = openEach(inputs, line -> buses.openPwm(chip, Integer.parseInt(line)));
        List<PwmLine> ofInputs = inputs.stream().map(i -> lines.get(i.from())).toList();
        return new PwmLines.Lines() {
            @Override
            public PwmLine line(int index) {
                return ofInputs.get(index);
            }

            @Override
            public void close() {
                ProfileDevices.close(lines.values());
            }
        };
    }
}
