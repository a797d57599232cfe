package dev.adze.agent.sensor.device;

import dev.adze.agent.sensor.SensorGroup;
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
import dev.adze.agent.sensor.chip.SpiLink;
import dev.adze.agent.sensor.chip.Tmp102;
import dev.adze.agent.sensor.linux.LinuxDevices;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Makes sensor groups of what a profile says is wired to the board. Nothing is opened before the first reading. */
public final class ProfileDevices {
    private final LongSupplier nanoClock;
    /** Pi4J is started by the first bus device, on its own thread, and never without one. */
    private final Supplier<LinuxDevices> buses = new Supplier<>() {
        private LinuxDevices started;

        @Override
        public synchronized LinuxDevices get() {
            if (started == null) {
                started = new LinuxDevices();
            }
            return started;
        }
    };

    private ProfileDevices(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** One group a device, named as in the profile. */
    public static List<SensorGroup> groups(List<SensorDevice> devices, LongSupplier nanoClock) {
        var made = new ProfileDevices(nanoClock);
        return devices.stream().map(made::group).toList();
    }

    private SensorGroup group(SensorDevice device) {
        return switch (device.link()) {
            case Link.I2c(String bus, int address) ->
                new ChipGroup<>(device.name(), i2cChip(device), () -> buses.get().openI2c(bus, address));
            case Link.Spi(String bus, int chipSelect, int speedHz) ->
                new ChipGroup<>(device.name(), spiChip(device), () -> buses.get().openSpi(bus, chipSelect, speedHz));
            case Link.Gpio(String chip) ->
                new ChipGroup<>(device.name(), new GpioLines(device.inputs(), nanoClock), () -> openLines(chip, device.inputs()));
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
            case MCP3008, MAX31855, GPIO -> throw notOn("I2C", device);
        };
    }

    private Chip<SpiLink> spiChip(SensorDevice device) {
        return switch (device.driver()) {
            case MCP3008 -> new Mcp3008(device.inputs(), device.setting("reference-v"));
            case MAX31855 -> new Max31855();
            case I2C_REGISTERS, INA3221, INA226, BME280, SHT3X, LM75, TMP102, MPU6050, ADS1115, GPIO -> throw notOn("SPI", device);
        };
    }

    private static IllegalArgumentException notOn(String bus, SensorDevice device) {
        return new IllegalArgumentException(device.driver() + " is not on " + bus);
    }

    private GpioLines.Lines openLines(String chip, List<Input> inputs) throws IOException {
        var lines = new ArrayList<GpioLine>();
        try {
            for (Input input : inputs) {
                lines.add(buses.get().openInput(chip, input.from()));
            }
        } catch (IOException | RuntimeException e) {
            lines.forEach(GpioLine::close);
            throw e;
        }
        return new GpioLines.Lines() {
            @Override
            public GpioLine line(int index) {
                return lines.get(index);
            }

            @Override
            public void close() {
                lines.forEach(GpioLine::close);
            }
        };
    }
}
