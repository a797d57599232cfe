package dev.adze.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.profiles.SensorDevice.Driver;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.profiles.SensorDevice.Link;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SensorDevicesTest {
    private static final String FULL = """
            adze-profile: 1
            name: bench
            device:
              board: test bench
            sensors:
              rate-hz: 4
              devices:
                rail:
                  driver: ina3221
                  bus: 3160000.i2c
                  address: 0x41
                  shunt-ohms: 0.005
                adc:
                  driver: mcp3008
                  bus: /dev/spidev0.1
                  chip-select: 1
                  inputs:
                    - name: oil.pressure
                      from: 3
                      unit: bar
                      scale: 2.5
                      offset: -0.5
                      least: 0
                      most: 16
                pump:
                  driver: i2c-registers
                  bus: i2c-gpio
                  address: 0x77
                  inputs:
                    - {name: speed, from: "0x02[15:3]", type: s16, lie: 65535}
                doors:
                  driver: gpio
                  chip: tegra194-gpio
                  inputs:
                    - {name: closed, from: BUTTON}
                    - {name: turns, from: 7, type: rate, unit: 1/min, scale: 30}
                ticker:
                  driver: process
                  command: [vmstat, -n, "1"]
                  inputs: [{name: run, from: 1}]
                meter:
                  driver: modbus-rtu
                  serial: /dev/serial/by-id/usb-x
                  baud: 19200
                  parity: even
                  unit-id: 7
                  inputs: [{name: kwh, from: "holding:100", type: f32-low-first}]
                plc: {driver: modbus-tcp, host: plc.local, inputs: [{name: on, from: "coil:0"}]}
              channels:
                oil: device:adc.oil.pressure
            """;

    private static List<SensorDevice> parse(String yaml) {
        return ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("")).sensors().devices();
    }

    @Test
    void everyKeyArrivesInTheRecord() {
        List<SensorDevice> devices = parse(FULL);
        assertEquals(List.of("rail", "adc", "pump", "doors", "ticker", "meter", "plc"), devices.stream().map(SensorDevice::name).toList());
        assertEquals(new SensorDevice("rail", Driver.INA3221, new Link.I2c("3160000.i2c", 0x41),
                Map.of("shunt-ohms", 0.005), List.of()), devices.get(0));
        assertEquals(new SensorDevice("adc", Driver.MCP3008, new Link.Spi("/dev/spidev0.1", 1, 1_000_000),
                Map.of("reference-v", 3.3), List.of(new Input("oil.pressure", "bar", "3", "", 2.5, -0.5,
                        OptionalDouble.of(0), OptionalDouble.of(16), OptionalDouble.empty()))), devices.get(1));
        assertEquals(new Input("speed", "", "0x02[15:3]", "s16", 1, 0, OptionalDouble.empty(), OptionalDouble.empty(),
                OptionalDouble.of(65535)), devices.get(2).inputs().getFirst());
        assertEquals(new Link.Gpio("tegra194-gpio"), devices.get(3).link());
        assertEquals(new Link.Command(List.of("vmstat", "-n", "1")), devices.get(4).link());
        assertEquals(new Link.Serial("/dev/serial/by-id/usb-x", 19200, SensorDevice.Parity.EVEN, 1), devices.get(5).link());
        assertEquals(7, devices.get(5).setting("unit-id"));
        assertEquals(new Link.Tcp("plc.local", 502), devices.get(6).link());
        assertEquals(List.of("BUTTON", "7"), devices.get(3).inputs().stream().map(Input::from).toList());
    }

    @Test
    void theSchemaAndTheDriversNameTheSameThings() {
        var device = ProfileReader.schema().json().at("/$defs/device/properties");
        var drivers = new HashSet<String>();
        device.at("/driver/enum").forEach(v -> drivers.add(v.asString()));
        assertEquals(new HashSet<>(Arrays.stream(Driver.values()).map(Driver::toString).toList()), drivers);
        for (Driver driver : Driver.values()) {
            driver.settings().forEach((key, value) -> assertEquals(value, device.path(key).path("default").asDouble(), key));
            driver.link().keys().forEach(key -> assertTrue(device.has(key), key));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            driver: ina3221       | driver: ina3222         | p.yaml:9: 'sensors.devices.rail.driver' must be i2c-registers, ina3221,
            driver: ina3221       | driver: lm75            | p.yaml:12: 'sensors.devices.rail.shunt-ohms' means nothing to the driver lm75; it takes driver, bus, address
            address: 0x41         | chip-select: 1          | p.yaml:11: 'sensors.devices.rail.chip-select' means nothing to the driver ina3221; it takes driver, bus, address, shunt-ohms
            address: 0x41         | address: 0x78           | p.yaml:11: 'sensors.devices.rail.address' is '0x78', but must be an I2C address in hexadecimal, from 0x03 to 0x77
            address: 0x41         | address: 65             | p.yaml:11: 'sensors.devices.rail.address' must be text (put it in quotes), but is 65
            address: 0x41         | shunt-ohms: 1           | p.yaml:12: key 'sensors.devices.rail.shunt-ohms' is given twice
            from: 3               | from: 8                 | p.yaml:19: 'sensors.devices.adc.inputs.0.from' is '8', but must be an input 0 to 7, or a pair such as 0-1 or 1-0
            from: 3               | form: 3                 | p.yaml:19: unknown key 'sensors.devices.adc.inputs.0.form'; did you mean 'from'?
            unit: bar             | type: u16               | p.yaml:20: 'sensors.devices.adc.inputs.0.type' is 'u16', but the driver mcp3008 takes none; leave it out
            type: rate            | type: speed             | p.yaml:36: 'sensors.devices.doors.inputs.1.type' is 'speed', but the driver gpio knows level, edges, rate
            name: turns           | name: closed            | p.yaml:36: two inputs are called 'closed'; rename one
            holding:100           | register:100            | p.yaml:47: 'sensors.devices.meter.inputs.0.from' is 'register:100', but must be coil:, discrete:, input: or holding: and
            parity: even          | parity: mark            | p.yaml:45: 'sensors.devices.meter.parity' must be none, even or odd, but is 'mark'
            command:.*            | command: [top, 1]       | p.yaml:39: 'sensors.devices.ticker.command.1' must be text (put it in quotes), but is 1
            from: 1               | from: 0                 | p.yaml:40: 'sensors.devices.ticker.inputs.0.from' is '0', but must be a column counted from 1
            least: 0              | least: 16.5             | p.yaml:23: 'sensors.devices.adc.inputs.0.least' is more than 'most'
            device:adc            | device:abc              | p.yaml:50: 'sensors.channels.oil' is 'device:abc.oil.pressure', but no device of that name is under 'sensors.devices'
            doors:                | the doors:              | p.yaml:31: 'sensors.devices.the doors' must be called by letters
            """)
    void whatIsWrongIsToldWithLineAndMend(String good, String bad, String message) {
        assertTrue(Pattern.compile(good).matcher(FULL).find(), good);
        var e = assertThrows(ProfileException.class, () -> parse(FULL.replaceFirst(good, bad)));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            0x1A0:8|16@1+; ''; ''
            0x1FFFFFFF:511|1@1-; ''; ''
            0x1A0:511|2@1-; ''; a number that ends beyond a frame's 64 bytes
            0x1A0:504|2@0-; ''; a number that ends beyond a frame's 64 bytes
            0x1A0:505|2@0-; ''; ''
            0x1A0:0|0@1-; ''; a number of 0 bits, not of 1 to 64
            0x1A0:0|65@1-; ''; a number of 65 bits, not of 1 to 64
            0x0800:0|8@1-; ''; ''
            0x8FF:0|8@1-; ''; an identifier of more than 11 bits (give 29-bit ones four digits or more)
            0x20000000:0|8@1-; ''; an identifier of more than 29 bits
            0x1A0:0|31@1-; f32; a f32 of 31 bits
            0x1A0:0|64@1-; f64; ''
            1A0:0|8@1-; ''; but must be a frame and a number in it as in DBC files
            """)
    void numbersInCanFramesHaveToLieInThem(String from, String type, String wrong) {
        String yaml = "adze-profile: 1\nname: a\ndevice: {board: b}\nsensors:\n  rate-hz: 1\n  devices:\n    can: {driver: can, interface: can0, "
                + "inputs: [{name: a, from: '" + from + "'" + (type.isEmpty() ? "" : ", type: " + type) + "}]}\n";
        if (wrong.isEmpty()) {
            assertEquals(new Link.Can("can0"), parse(yaml).getFirst().link());
        } else {
            String message = assertThrows(ProfileException.class, () -> parse(yaml)).getMessage();
            assertTrue(message.contains(wrong), message);
        }
    }

    @Test
    void pwmAndBufferedDevicesAreRead() {
        List<SensorDevice> devices = parse("""
                adze-profile: 1
                name: a
                device: {board: b}
                sensors:
                  rate-hz: 1
                  devices:
                    fan: {driver: pwm, chip: 3280000.pwm, inputs: [{name: duty, from: 0}]}
                    imu: {driver: iio-buffer, device: imu, trigger: t1, length: 64, inputs: [{name: x, from: accel_x, type: rms}]}
                """);
        assertEquals(new Link.Pwm("3280000.pwm"), devices.get(0).link());
        assertEquals(new Link.Iio("imu", "t1"), devices.get(1).link());
        assertEquals(Map.of("length", 64.0, "stale-s", 10.0), devices.get(1).settings());
    }

    @Test
    void whatADriverCannotDoWithoutIsNamed() {
        var e = assertThrows(ProfileException.class, () -> parse(FULL.replaceFirst(" *address: 0x41\n", "")));
        assertEquals("p.yaml:8: key 'sensors.devices.rail.address' is missing", e.getMessage());
        e = assertThrows(ProfileException.class, () -> parse(FULL.replaceFirst("driver: ina3221", "driver: ads1115")
                .replaceFirst(" *shunt-ohms: 0.005\n", "")));
        assertEquals("p.yaml:8: key 'sensors.devices.rail.inputs' is missing", e.getMessage());
    }
}
