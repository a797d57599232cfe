package dev.adze.agent.sensor.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.chip.Chip;
import dev.adze.profiles.ProfileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileDevicesTest {
    private static final String PROFILE = """
            adze-profile: 1
            name: bench
            device: {board: test bench}
            sensors:
              rate-hz: 1
              devices:
                rail: {driver: ina3221, bus: no such bus, address: 0x40}
                rail2: {driver: ina226, bus: /dev/i2c-9999, address: 0x40}
                air: {driver: bme280, bus: x, address: 0x76}
                hygro: {driver: sht3x, bus: x, address: 0x44}
                a: {driver: lm75, bus: x, address: 0x48}
                b: {driver: tmp102, bus: x, address: 0x48}
                motion: {driver: mpu6050, bus: x, address: 0x68}
                adc: {driver: ads1115, bus: x, address: 0x49, inputs: [{name: oil, from: 0, unit: bar}]}
                raw: {driver: i2c-registers, bus: x, address: 0x20, inputs: [{name: r, from: 0x01}]}
                mcp: {driver: mcp3008, bus: /dev/spidev6.99, inputs: [{name: v, from: 0, unit: V}]}
                oven: {driver: max31855, bus: x}
                doors: {driver: gpio, chip: no such chip, inputs: [{name: closed, from: BUTTON}]}
            """;

    @Test
    void everyDriverIsMadeAndADeviceThatIsNotThereIsMissingWithTheReason() {
        var devices = ProfileReader.parse("p.yaml", PROFILE.getBytes(StandardCharsets.UTF_8), Path.of("")).sensors().devices();
        List<SensorGroup> groups = ProfileDevices.groups(devices, System::nanoTime);
        assertEquals(devices.stream().map(d -> d.name()).toList(), groups.stream().map(SensorGroup::name).toList());
        assertEquals(List.of("rail.ch1.voltage[V]", "rail.ch1.current[A]", "rail.ch1.power[W]"),
                groups.getFirst().channels().stream().limit(3).map(ChannelInfo::header).toList());
        var reasons = new ArrayList<String>();
        for (SensorGroup group : groups) {
            var out = new ReadingBuffer(group.channels().size());
            group.read(SensorGroup.PRIMING, out);
            group.read(0, out);
            assertInstanceOf(Reading.Missing.class, out.get(0), group.name());
            reasons.add(out.get(0).obstacle());
            group.close();
        }
        assertEquals("no I2C bus is called no such bus", reasons.get(0).split(";")[0]);
        assertEquals("the device file is not there", reasons.get(1));
        assertEquals("the device file is not there", reasons.get(9));
        assertEquals("no GPIO chip is called no such chip", reasons.get(11).split(";")[0]);
    }

    @Test
    void aDeviceIsOpenedByItsFirstReadingAndAnewAfterAFailure() {
        var events = new ArrayList<String>();
        var chip = new Chip<AutoCloseable>() {
            @Override
            public List<ChannelInfo> channels() {
                return List.of(new ChannelInfo("x", "V"));
            }

            @Override
            public void start(AutoCloseable link) {
                events.add("start");
            }

            @Override
            public void read(AutoCloseable link, ReadingBuffer out) throws IOException {
                events.add("read");
                if (events.size() == 4) {
                    throw new IOException("unplugged");
                }
                out.ok(0, 5);
            }
        };
        var group = new ChipGroup<AutoCloseable>("dev", chip, () -> {
            events.add("open");
            return () -> events.add("close");
        });
        assertEquals(List.of(), events);
        assertEquals(List.of(new ChannelInfo("dev.x", "V")), group.channels());
        var out = new ReadingBuffer(1);
        group.read(0, out);
        assertEquals(new Reading.Ok(5), out.get(0));
        group.read(1, out);
        assertEquals(new Reading.Missing("unplugged"), out.get(0));
        group.read(2, out);
        assertEquals(new Reading.Ok(5), out.get(0));
        assertEquals(List.of("open", "start", "read", "read", "close", "open", "start", "read"), events);
    }
}
