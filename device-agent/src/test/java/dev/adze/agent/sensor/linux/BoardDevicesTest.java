package dev.adze.agent.sensor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.agent.sensor.FixtureTree;
import dev.adze.agent.sensor.linux.BoardDevices.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A made-up board, laid out in sysfs as kernel 6.1 lays it out. */
class BoardDevicesTest {
    @TempDir
    Path root;
    private FixtureTree tree;

    @BeforeEach
    void board() {
        tree = new FixtureTree(root);
    }

    private void link(String at, String to) throws IOException {
        Path link = root.resolve(at);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, root.resolve(to));
    }

    private List<Device> devices() {
        return new BoardDevices(root, path -> path.endsWith("gpiochip1") ? Optional.of(new GpioChip.Info("gpiochip1", "tegra194-gpio", 40))
                : Optional.empty()).all();
    }

    @Test
    void aMachineWithoutAnyHasNone() {
        assertEquals(List.of(), devices());
        assertEquals(List.of(), BoardDevices.discover(root));
    }

    @Test
    void busesAreToldByTheDeviceBehindThemWithTheChipsThatTheKernelKnows() throws IOException {
        tree.put("sys/devices/3160000.i2c/i2c-1/i2c-dev/i2c-1/name", "Tegra I2C adapter\n");
        link("sys/devices/3160000.i2c/i2c-1/i2c-dev/i2c-1/device", "sys/devices/3160000.i2c/i2c-1");
        link("sys/class/i2c-dev/i2c-1", "sys/devices/3160000.i2c/i2c-1/i2c-dev/i2c-1");
        tree.put("sys/devices/3160000.i2c/i2c-1/1-0040/name", "ina3221\n").put("sys/bus/i2c/drivers/ina3221/bind", "");
        link("sys/devices/3160000.i2c/i2c-1/1-0040/driver", "sys/bus/i2c/drivers/ina3221");
        tree.put("sys/devices/3160000.i2c/i2c-1/1-0049/name", "lm75\n");
        link("sys/bus/i2c/devices/1-0040", "sys/devices/3160000.i2c/i2c-1/1-0040");
        link("sys/bus/i2c/devices/1-0049", "sys/devices/3160000.i2c/i2c-1/1-0049");
        tree.put("sys/bus/i2c/devices/11-0050/name", "of another bus\n");
        tree.put("sys/devices/3210000.spi/spi_master/spi0/x", "").put("dev/spidev0.0", "");
        link("sys/devices/3210000.spi/spi_master/spi0/device", "sys/devices/3210000.spi");
        link("sys/class/spi_master/spi0", "sys/devices/3210000.spi/spi_master/spi0");
        tree.put("sys/bus/spi/devices/spi0.0/modalias", "spi:dh2228fv\n").put("sys/bus/spi/devices/spi0.1/modalias", "spi:max31855\n")
                .put("sys/bus/spi/devices/spi0.1/driver/x", "");
        assertEquals(List.of(
                new Device("i2c", "/dev/i2c-1", "3160000.i2c", "Tegra I2C adapter; ina3221 at 0x40 (held by its driver), lm75 at 0x49"),
                new Device("spi", "spi0", "3210000.spi", "chip select 0 at /dev/spidev0.0, chip select 1: max31855 (held by its driver)")),
                devices());
    }

    @Test
    void linesAndChannelsAreCounted() throws IOException {
        tree.put("sys/bus/gpio/devices/gpiochip0/dev", "254:0\n").put("sys/bus/gpio/devices/gpiochip1/dev", "254:1\n");
        tree.put("sys/devices/32c0000.pwm/pwm/pwmchip3/npwm", "1\n");
        link("sys/devices/32c0000.pwm/pwm/pwmchip3/device", "sys/devices/32c0000.pwm");
        link("sys/class/pwm/pwmchip3", "sys/devices/32c0000.pwm/pwm/pwmchip3");
        tree.put("sys/bus/iio/devices/iio:device0/name", "mpu6050\n").put("sys/bus/iio/devices/iio:device0/in_accel_x_raw", "1\n")
                .put("sys/bus/iio/devices/iio:device0/in_temp_raw", "1\n").put("sys/bus/iio/devices/iio:device0/in_accel_scale", "1\n")
                .put("sys/bus/iio/devices/iio:device0/scan_elements/in_accel_x_en", "0\n");
        tree.put("sys/class/hwmon/hwmon2/name", "lm75\n").put("sys/class/hwmon/hwmon2/temp1_input", "25500\n")
                .put("sys/class/hwmon/hwmon2/temp1_max", "80000\n").put("sys/devices/1-0048/x", "");
        link("sys/class/hwmon/hwmon2/device", "sys/devices/1-0048");
        tree.put("sys/class/thermal/thermal_zone0/type", "CPU-therm\n").put("sys/class/thermal/thermal_zone0/trip_point_0_temp", "90000\n");
        assertEquals(List.of(
                new Device("gpio", "/dev/gpiochip0", "/dev/gpiochip0", "may not be asked: see `adze-agent doctor`"),
                new Device("gpio", "/dev/gpiochip1", "tegra194-gpio", "40 lines"),
                new Device("pwm", "pwmchip3", "32c0000.pwm", "1 output"),
                new Device("iio", "iio:device0", "mpu6050", "2 channels, 1 of them by buffer"),
                new Device("hwmon", "hwmon2", "lm75", "1 input, at 1-0048"),
                new Device("thermal", "thermal_zone0", "CPU-therm", "1 trip point")), devices());
    }

    @Test
    void portsAreThoseWithHardwareAndCanIsToldFromOtherNetworks() throws IOException {
        tree.put("sys/class/net/eth0/type", "1\n").put("sys/class/net/can0/type", "280\n").put("sys/class/net/can0/operstate", "down\n")
                .put("sys/class/net/vcan0/type", "280\n").put("sys/class/net/vcan0/operstate", "unknown\n").put("sys/devices/c310000.mttcan/x", "");
        link("sys/class/net/can0/device", "sys/devices/c310000.mttcan");
        tree.put("sys/class/tty/tty1/dev", "4:1\n").put("sys/class/tty/ttyS3/type", "0\n").put("sys/class/tty/ttyS0/type", "4\n")
                .put("sys/devices/serial8250/x", "").put("sys/bus/drivers/serial8250/x", "").put("sys/devices/1-1.4:1.0/x", "")
                .put("sys/bus/drivers/cp210x/x", "").put("dev/ttyUSB0", "").put("sys/class/tty/ttyUSB0/dev", "188:0\n");
        link("sys/devices/serial8250/driver", "sys/bus/drivers/serial8250");
        link("sys/devices/1-1.4:1.0/driver", "sys/bus/drivers/cp210x");
        link("sys/class/tty/ttyS0/device", "sys/devices/serial8250");
        link("sys/class/tty/ttyS3/device", "sys/devices/serial8250");
        link("sys/class/tty/ttyUSB0/device", "sys/devices/1-1.4:1.0");
        link("dev/serial/by-id/usb-Silicon_Labs_CP2102_0001-if00-port0", "dev/ttyUSB0");
        assertEquals(List.of(
                new Device("can", "can0", "can0", "c310000.mttcan, down"),
                new Device("can", "vcan0", "vcan0", "no hardware, unknown"),
                new Device("serial", "/dev/ttyS0", "/dev/ttyS0", "serial8250, serial8250"),
                new Device("serial", "/dev/ttyUSB0", "/dev/serial/by-id/usb-Silicon_Labs_CP2102_0001-if00-port0", "cp210x")), devices());
    }
}
