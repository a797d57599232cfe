package dev.adze.profiles;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A sensor that a board cannot tell of by itself: what it is, how it is wired, and what it measures. Its channels are
 * called {@code NAME.CHANNEL}. docs/agent-sensors.md tells what each driver reads.
 *
 * @param name     unique in the profile; letters, digits, dash and underscore
 * @param link     how to reach it; of the kind that the driver asks for
 * @param settings every number that the driver takes, defaults filled in
 * @param inputs   the channels, of drivers that do not know them by themselves
 */
public record SensorDevice(String name, Driver driver, Link link, Map<String, Double> settings, List<Input> inputs) {
    public SensorDevice {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        inputs = List.copyOf(inputs);
    }

    /** A number the driver takes. */
    public double setting(String key) {
        return settings.get(key);
    }

    /** How a sensor is wired. */
    public sealed interface Link {
        /** @param bus name of the adapter, of the device behind it, or a path under /dev */
        record I2c(String bus, int address) implements Link {}

        /** @param bus name of the controller or of the device behind it, or a path under /dev */
        record Spi(String bus, int chipSelect, int speedHz) implements Link {}

        /** @param chip label of the chip, its name in /dev, or a path */
        record Gpio(String chip) implements Link {}

        /** @param device path, best one under /dev/serial/by-id; eight data bits, no flow control */
        record Serial(String device, int baud, Parity parity, int stopBits) implements Link {}

        /** @param netInterface such as can0 */
        record Can(String netInterface) implements Link {}

        /** @param chip name of the device behind a PWM chip, or pwmchipN */
        record Pwm(String chip) implements Link {}

        /**
         * @param device  name or label of an industrial I/O device
         * @param trigger name of what makes it scan; empty for the one that is set
         */
        record Iio(String device, String trigger) implements Link {}

        record Tcp(String host, int port) implements Link {}

        /** @param words program and arguments; no shell in between */
        record Command(List<String> words) implements Link {
            public Command {
                words = List.copyOf(words);
            }
        }
    }

    public enum Parity { NONE, EVEN, ODD }

    /**
     * One channel: {@code value = scale * raw + offset}.
     *
     * @param name  of the channel, behind the device's name and a dot
     * @param unit  of the value; empty for a plain number
     * @param from  which raw number, in the driver's own terms (a register, a line, a column)
     * @param type  how to read it; empty for the driver's usual way
     * @param least values below are lies, not measurements
     * @param most  values above are
     * @param lie   raw number by which the sensor says that it has no value, such as 65535
     */
    public record Input(String name, String unit, String from, String type, double scale, double offset,
            OptionalDouble least, OptionalDouble most, OptionalDouble lie) {}

    enum LinkKind {
        I2C("bus", "address"), SPI("bus", "chip-select", "speed-hz"), GPIO("chip"),
        SERIAL("serial", "baud", "parity", "stop-bits"), TCP("host", "port"), COMMAND("command"),
        CAN("interface"), PWM("chip"), IIO("device", "trigger");

        private final List<String> keys;

        LinkKind(String... keys) {
            this.keys = List.of(keys);
        }

        List<String> keys() {
            return keys;
        }
    }

    /** Raw numbers that a driver with inputs can name: a pattern of {@link Input#from}, in words, and the types. */
    record InputForm(String from, String fromWords, List<String> types) {}

    private static final InputForm LINES = new InputForm("(?!0+$)\\S+", "a column counted from 1, or the word before = or : in the line",
            List.of());
    private static final InputForm REGISTERS = new InputForm("(coil|discrete|input|holding):[0-9]{1,5}",
            "coil:, discrete:, input: or holding: and an address from 0, as in the protocol",
            List.of("u16", "s16", "u32", "s32", "f32", "u32-low-first", "s32-low-first", "f32-low-first"));

    public enum Driver {
        /** Any I2C chip with numbered registers. */
        I2C_REGISTERS(LinkKind.I2C, Map.of(), new InputForm("0x[0-9a-fA-F]{1,2}(\\[[0-9]{1,2}:[0-9]{1,2}\\])?",
                "a register such as 0x02, or bits of one such as 0x02[15:3]",
                List.of("u8", "s8", "u16", "s16", "u16le", "s16le", "u24", "s24", "u32", "s32", "u32le", "s32le", "f32"))),
        /** Three voltages and currents. */
        INA3221(LinkKind.I2C, Map.of("shunt-ohms", 0.1), null),
        /** Voltage, current, power. */
        INA226(LinkKind.I2C, Map.of("shunt-ohms", 0.1), null),
        /** Temperature, pressure, humidity; a BMP280 too, which lacks the last. */
        BME280(LinkKind.I2C, Map.of(), null),
        /** Temperature, humidity: SHT30, SHT31, SHT35. */
        SHT3X(LinkKind.I2C, Map.of(), null),
        LM75(LinkKind.I2C, Map.of(), null),
        TMP102(LinkKind.I2C, Map.of(), null),
        /** Acceleration, rotation, temperature. */
        MPU6050(LinkKind.I2C, Map.of("range-g", 2.0, "range-dps", 250.0), null),
        /** Four 16-bit voltage inputs. */
        ADS1115(LinkKind.I2C, Map.of("range-v", 2.048), new InputForm("[0-3]|0-1|0-3|1-3|2-3",
                "an input 0 to 3, or a pair 0-1, 0-3, 1-3 or 2-3", List.of())),
        /** Eight 10-bit voltage inputs. */
        MCP3008(LinkKind.SPI, Map.of("reference-v", 3.3), new InputForm("[0-7]|0-1|1-0|2-3|3-2|4-5|5-4|6-7|7-6",
                "an input 0 to 7, or a pair such as 0-1 or 1-0", List.of())),
        /** Thermocouple amplifier. */
        MAX31855(LinkKind.SPI, Map.of(), null),
        /** Levels and edges of GPIO lines. */
        GPIO(LinkKind.GPIO, Map.of(), new InputForm("\\S.*", "the name of a line, or its number on the chip",
                List.of("level", "edges", "rate"))),
        /** What a program prints. */
        PROCESS(LinkKind.COMMAND, Map.of("stale-s", 10.0), LINES),
        /** What comes in over a serial line. */
        SERIAL_LINES(LinkKind.SERIAL, Map.of("stale-s", 10.0), LINES),
        /** A satellite receiver. */
        NMEA(LinkKind.SERIAL, Map.of("stale-s", 10.0), null),
        MODBUS_TCP(LinkKind.TCP, Map.of("unit-id", 1.0), REGISTERS),
        MODBUS_RTU(LinkKind.SERIAL, Map.of("unit-id", 1.0), REGISTERS),
        /** Numbers in the frames of a CAN bus. */
        CAN(LinkKind.CAN, Map.of("stale-s", 10.0), new InputForm("0x[0-9a-fA-F]{1,8}:[0-9]{1,3}\\|[0-9]{1,2}@[01][+-]",
                "a frame and a number in it as in DBC files, such as 0x1A0:8|16@1+ (start bit 8, 16 bits, byte order 1, unsigned)",
                List.of("f32", "f64"))),
        /** What a PWM chip gives, or measures. */
        PWM(LinkKind.PWM, Map.of(), new InputForm("[0-9]{1,3}", "a channel of the PWM chip, from 0",
                List.of("duty", "frequency", "captured-duty", "captured-frequency"))),
        /** Industrial I/O that samples by itself. */
        IIO_BUFFER(LinkKind.IIO, Map.of("stale-s", 10.0, "length", 1024.0), new InputForm("[a-z][a-z0-9_-]*",
                "a channel of the device, such as accel_x or voltage0, or timestamp",
                List.of("last", "mean", "least", "most", "rms")));

        private final LinkKind link;
        private final Map<String, Double> settings;
        private final InputForm inputs;

        Driver(LinkKind link, Map<String, Double> settings, InputForm inputs) {
            this.link = link;
            this.settings = settings;
            this.inputs = inputs;
        }

        LinkKind link() {
            return link;
        }

        /** Numbers it takes and their defaults. */
        Map<String, Double> settings() {
            return settings;
        }

        /** Null for a driver that knows its channels. */
        InputForm inputs() {
            return inputs;
        }

        /** As in YAML. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
