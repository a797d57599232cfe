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
import java.util.BitSet;
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
    void whatNobodyLooksAtIsNotRead() throws Exception {
        chip(3, "ina3221", "1-0040", "in1_input", "5120", "curr1_input", "812");
        iio(0, "2-0044", "hdc1008", "in_temp_input", "21250", "in_humidityrelative_input", "45500");
        var tree = new FixtureTree(sys);
        for (int i = 0; i < 2; i++) {
            tree.put("devices/system/cpu/cpufreq/policy" + i + "/scaling_cur_freq", "1800000\n");
        }
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        assertEquals(3, groups.size());
        for (SensorGroup group : groups) {
            var second = new BitSet();
            second.set(1);
            group.want(second);
            var readings = new ReadingBuffer(2);
            group.read(0, readings);
            assertEquals(new Reading.Missing("not read yet"), readings.get(0), group.name());
            assertInstanceOf(Reading.Ok.class, readings.get(1), group.name());
        }
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

    private void iio(int number, String device, String name, String... files) throws Exception {
        var tree = new FixtureTree(sys);
        String folder = "devices/i2c-1/" + device + "/iio:device" + number;
        tree.put(folder + "/name", name + "\n");
        for (int i = 0; i < files.length; i += 2) {
            tree.put(folder + "/" + files[i], files[i + 1] + "\n");
        }
        Files.createDirectories(sys.resolve("bus/iio/devices"));
        Files.createSymbolicLink(sys.resolve("bus/iio/devices/iio:device" + number), sys.resolve(folder));
    }

    @Test
    void industrialIoGivesWhatTheDriverComputesOrRawTimesScale() throws Exception {
        iio(0, "1-0076", "bmp280", "in_temp_input", "25080", "in_pressure_input", "100.653266", "in_pressure_raw", "7");
        iio(1, "1-0068", "mpu6050", "in_accel_x_raw", "-16384", "in_accel_scale", "0.000598", "in_temp_raw", "-340",
                "in_temp_offset", "12420", "in_temp_scale", "2.941176", "in_anglvel_z_raw", "100", "in_anglvel_scale", "0.001064724");
        iio(2, "board-adc", "ads1015", "in_voltage0_raw", "1000", "in_voltage0_scale", "3.0", "in_voltage0_label", "Oil",
                "in_voltage1-voltage2_raw", "-5", "in_voltage-voltage_scale", "1.5", "in_voltage_scale", "2", "in_activity_walking_input", "1");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        assertEquals(new Reading.Ok(25080 * 1e-3), read(groups, "iio.bmp280.temp"));
        assertEquals(1006.53266, value(groups, "iio.bmp280.pressure"), 1e-9);
        assertEquals(-16384 * 0.000598, value(groups, "iio.mpu6050.accel_x"), 1e-12);
        assertEquals((12420 - 340) * 2.941176 * 1e-3, value(groups, "iio.mpu6050.temp"), 1e-12);
        assertEquals(0.1064724, value(groups, "iio.mpu6050.anglvel_z"), 1e-12);
        assertEquals(3.0, value(groups, "iio.ads1015.oil"), 1e-12);
        assertEquals(new Reading.Ok(1), read(groups, "iio.ads1015.activity_walking"));
        assertEquals(List.of("iio.bmp280.pressure[hPa]", "iio.bmp280.temp[degC]"),
                headers(groups).stream().filter(h -> h.contains("bmp280")).sorted().toList());
    }

    private double value(List<SensorGroup> groups, String channel) {
        return read(groups, channel) instanceof Reading.Ok(double value) ? value : Double.NaN;
    }

    @Test
    void anIndustrialIoDeviceIsFoundAgainUnderAnotherNumberAndTwinsByTheirDevice() throws Exception {
        iio(0, "1-0076", "bmp280", "in_temp_input", "20000");
        iio(1, "1-0077", "bmp280", "in_temp_input", "21000.5");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        assertEquals(new Reading.Ok(20), read(groups, "iio.bmp280@1-0076.temp"));
        assertEquals(21.0005, value(groups, "iio.bmp280@1-0077.temp"), 1e-12);
        groups.forEach(SensorGroup::close);
        Files.delete(sys.resolve("bus/iio/devices/iio:device0"));
        remove(sys.resolve("devices/i2c-1/1-0076/iio:device0"));
        assertInstanceOf(Reading.Missing.class, read(groups, "iio.bmp280@1-0076.temp"));
        iio(5, "1-0076", "bmp280", "in_temp_input", "22000");
        assertEquals(new Reading.Ok(22), read(groups, "iio.bmp280@1-0076.temp"));
    }

    @Test
    void clocksAndTheLoadOfAGpuAreRead() throws Exception {
        var tree = new FixtureTree(sys).put("devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "1190400\n")
                .put("devices/system/cpu/cpufreq/policy4/scaling_cur_freq", "<unsupported>\n")
                .put("class/devfreq/17000000.gv11b/cur_freq", "1377000000\n").put("devices/gpu.0/load", "437\n");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        assertEquals(new Reading.Ok(1190400 * 1e-3), read(groups, "cpufreq.policy0"));
        assertInstanceOf(Reading.Invalid.class, read(groups, "cpufreq.policy4"));
        assertEquals(1377, value(groups, "devfreq.17000000_gv11b"), 1e-9);
        assertEquals(43.7, value(groups, "gpu.load"), 1e-9);
        groups.forEach(SensorGroup::close);
        tree.put("devices/gpu.0/load", "1001\n");
        assertInstanceOf(Reading.Invalid.class, read(groups, "gpu.load"));
    }

    @Test
    void decimalsAreReadToTheLastDigitAndGarbageIsNot() throws Exception {
        String[] good = {"0.1", "-12.5", "123456789.012345", "7"};
        String[] bad = {".5", "5.", "1.2.3", "1e3", "--1", "-", "0x10", "1,5", "nan"};
        for (String text : good) {
            iio(0, "x", "adc", "in_count0_input", text);
            assertEquals(new Reading.Ok(Double.parseDouble(text)), read(SysfsSensors.discover(sys), "iio.adc.count0"), text);
            Files.delete(sys.resolve("bus/iio/devices/iio:device0"));
        }
        for (String text : bad) {
            iio(0, "x", "adc", "in_count0_input", text);
            assertInstanceOf(Reading.Invalid.class, read(SysfsSensors.discover(sys), "iio.adc.count0"), text);
            Files.delete(sys.resolve("bus/iio/devices/iio:device0"));
        }
    }

    @Test
    void aFansDutyIsAShareOfItsFullScale() throws Exception {
        chip(1, "pwmfan", "pwm-fan", "pwm1", "51", "pwm1_enable", "1", "fan1_input", "1800");
        List<SensorGroup> groups = SysfsSensors.discover(sys);
        assertEquals(List.of("hwmon.pwmfan.fan1[1/min]", "hwmon.pwmfan.pwm1[%]"), headers(groups));
        assertEquals(20, value(groups, "hwmon.pwmfan.pwm1"), 1e-9);
        new FixtureTree(sys).put("class/hwmon/hwmon1/pwm1", "255");
        assertEquals(100, value(groups, "hwmon.pwmfan.pwm1"), 1e-9);
        new FixtureTree(sys).put("class/hwmon/hwmon1/pwm1", "256");
        assertInstanceOf(Reading.Invalid.class, read(groups, "hwmon.pwmfan.pwm1"));
    }

    @Test
    void aJetsonsPowerModeIsAChannel() {
        assertEquals(List.of(), PowerMode.discover(sys), "a board without");
        var tree = new FixtureTree(sys).put("var/lib/nvpmodel/status", "pmode:0002 fmode:quiet\n");
        List<SensorGroup> groups = PowerMode.discover(sys);
        assertEquals(List.of("nvpmodel.mode[]"), headers(groups));
        assertEquals(new Reading.Ok(2), read(groups, "nvpmodel.mode"));
        tree.put("var/lib/nvpmodel/status", "NV Fan Mode:cool\nNV Power Mode: MODE_30W_ALL\n3\n");
        assertEquals(new Reading.Ok(3), read(groups, "nvpmodel.mode"));
        tree.put("var/lib/nvpmodel/status", "pmode:\n");
        assertInstanceOf(Reading.Invalid.class, read(groups, "nvpmodel.mode"));
    }
}
