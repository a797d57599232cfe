package dev.adze.agent.sensor.sysfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.FixtureTree;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsSensorsTest {
    @TempDir
    Path sys;

    private void chip(int number, String name, String device, String... files) throws Exception {
        var tree = new FixtureTree(sys);
        String folder = "class/hwmon/hwmon" + number;
        tree.put(folder + "/name", name + "\n");
        tree.put("devices/i2c-1/" + device + "/name", name + "\n");
        Files.createSymbolicLink(sys.resolve(folder + "/device"), sys.resolve("devices/i2c-1/" + device));
        for (int i = 0; i < files.length; i += 2) {
            tree.put(folder + "/" + files[i], files[i + 1] + "\n");
        }
    }

    private static void remove(Path folder) throws Exception {
        try (var all = Files.list(folder)) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private Reading read(List<SensorGroup> groups, String channel) {
        for (SensorGroup group : groups) {
            int index = group.channels().stream().map(ChannelInfo::name).toList().indexOf(channel);
            if (index >= 0) {
                var readings = new ReadingBuffer(group.channels().size());
                group.read(0, readings);
                return readings.get(index);
            }
        }
        throw new AssertionError("no channel " + channel + " among "
                + groups.stream().flatMap(g -> g.channels().stream()).map(ChannelInfo::name).toList());
    }

    private static List<String> headers(List<SensorGroup> groups) {
        return groups.stream().flatMap(g -> g.channels().stream()).map(ChannelInfo::header).toList();
    }

    @Test
    void chipsAreNamedByNameAndLabelAndZonesByType() throws Exception {
        chip(3, "ina3221", "1-0040", "in1_input", "5120", "in1_label", "VDD_IN", "curr1_input", "812",
                "curr1_label", "VDD_IN", "power1_input", "4157440", "power1_label", "VDD_IN", "in2_input", "-17",
                "in1_max", "9000");
        chip(4, "lm75", "1-0048", "temp1_input", "25500");
        chip(5, "lm75", "1-0049", "temp1_input", "-3125");
        chip(6, "pwmfan", "pwm-fan", "fan1_input", "2400", "humidity1_input", "45000", "freq1_input", "1300500000");
        new FixtureTree(sys).put("class/thermal/thermal_zone0/type", "CPU-therm\n").put("class/thermal/thermal_zone0/temp", "41500\n")
                .put("class/thermal/thermal_zone1/type", "acpitz\n").put("class/thermal/thermal_zone1/temp", "20000\n")
                .put("class/thermal/thermal_zone10/type", "acpitz\n").put("class/thermal/thermal_zone10/temp", "21000\n")
                .put("class/thermal/cooling_device0/type", "Fan\n");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        assertEquals(List.of(
                "hwmon.ina3221.vdd_in.voltage[V]", "hwmon.ina3221.in2[V]", "hwmon.ina3221.vdd_in.current[A]",
                "hwmon.ina3221.vdd_in.power[W]", "hwmon.lm75@1-0048.temp1[degC]", "hwmon.lm75@1-0049.temp1[degC]",
                "hwmon.pwmfan.fan1[1/min]", "hwmon.pwmfan.humidity1[%]", "hwmon.pwmfan.freq1[Hz]",
                "thermal.cpu-therm[degC]", "thermal.acpitz[degC]", "thermal.acpitz.2[degC]"), headers(groups));
        assertEquals(new Reading.Ok(5120 * 1e-3), read(groups, "hwmon.ina3221.vdd_in.voltage"));
        assertEquals(new Reading.Ok(-17 * 1e-3), read(groups, "hwmon.ina3221.in2"));
        assertEquals(new Reading.Ok(812 * 1e-3), read(groups, "hwmon.ina3221.vdd_in.current"));
        assertEquals(new Reading.Ok(4157440 * 1e-6), read(groups, "hwmon.ina3221.vdd_in.power"));
        assertEquals(new Reading.Ok(-3125 * 1e-3), read(groups, "hwmon.lm75@1-0049.temp1"));
        assertEquals(new Reading.Ok(2400), read(groups, "hwmon.pwmfan.fan1"));
        assertEquals(new Reading.Ok(41500 * 1e-3), read(groups, "thermal.cpu-therm"));
        assertEquals(new Reading.Ok(21000 * 1e-3), read(groups, "thermal.acpitz.2"));
    }

    @Test
    void knownLiesAndGarbageAreInvalid() throws Exception {
        chip(0, "soc", "thermal@0", "temp1_input", "-256000", "temp2_input", "-40000000", "temp3_input", "hot",
                "temp4_input", "", "temp5_input", "2147483647", "temp6_input", "-", "temp7_input", "1 2",
                "fan1_input", "65535000", "temp8_input", "9".repeat(60), "temp9_input", "33000");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        for (String channel : List.of("temp1", "temp2", "temp3", "temp4", "temp5", "temp6", "temp7", "temp8", "fan1")) {
            assertInstanceOf(Reading.Invalid.class, read(groups, "hwmon.soc." + channel), channel);
        }
        assertEquals(new Reading.Ok(33000 * 1e-3), read(groups, "hwmon.soc.temp9"));
    }

    @Test
    void aChipThatIsUnboundIsMissingAndIsFoundAgainUnderAnotherNumber() throws Exception {
        chip(5, "lm75", "1-0048", "temp1_input", "25500");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        assertEquals(new Reading.Ok(25.5), read(groups, "hwmon.lm75.temp1"));
        remove(sys.resolve("class/hwmon/hwmon5"));
        // An open file outlives its removal here, unlike sysfs where reading it then fails with ENODEV.
        groups.getFirst().close();
        assertInstanceOf(Reading.Missing.class, read(groups, "hwmon.lm75.temp1"));
        assertInstanceOf(Reading.Missing.class, read(groups, "hwmon.lm75.temp1"));
        chip(6, "other", "1-0050", "temp1_input", "1000");
        chip(7, "lm75", "1-0048", "temp1_input", "30000");
        assertEquals(new Reading.Ok(30.0), read(groups, "hwmon.lm75.temp1"));
    }

    @Test
    void aZoneThatChangesItsNumberIsFoundByItsType() throws Exception {
        var tree = new FixtureTree(sys).put("class/thermal/thermal_zone2/type", "GPU-therm\n")
                .put("class/thermal/thermal_zone2/temp", "40000\n");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        remove(sys.resolve("class/thermal/thermal_zone2"));
        tree.put("class/thermal/thermal_zone0/type", "AUX-therm\n").put("class/thermal/thermal_zone0/temp", "1000\n");
        assertInstanceOf(Reading.Missing.class, read(groups, "thermal.gpu-therm"));
        tree.put("class/thermal/thermal_zone4/type", "GPU-therm\n").put("class/thermal/thermal_zone4/temp", "43000\n");
        assertEquals(new Reading.Ok(43.0), read(groups, "thermal.gpu-therm"));
    }

    @Test
    void aBoardWithoutAnyHasNone() {
        assertEquals(List.of(), SysfsSensors.discover(sys));
    }
}
