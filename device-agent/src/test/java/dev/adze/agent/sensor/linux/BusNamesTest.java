package dev.adze.agent.sensor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.adze.agent.sensor.FixtureTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusNamesTest {
    @TempDir
    Path sys;

    private BusNames names;

    @BeforeEach
    void twoTegraBusesAndOneOfUsb() throws IOException {
        i2c(1, "3160000.i2c", "Tegra I2C adapter");
        i2c(2, "c240000.i2c", "Tegra I2C adapter");
        i2c(10, "1-1.4", "i2c-tiny-usb at bus 001 device 004");
        new FixtureTree(sys).put("devices/3210000.spi/spi_master/spi0/x", "");
        Files.createDirectories(sys.resolve("class/spi_master"));
        Files.createSymbolicLink(sys.resolve("devices/3210000.spi/spi_master/spi0/device"), sys.resolve("devices/3210000.spi"));
        Files.createSymbolicLink(sys.resolve("class/spi_master/spi0"), sys.resolve("devices/3210000.spi/spi_master/spi0"));
        // A channel of a multiplexer on bus 1, and the kernel's simulated bus.
        i2c(11, "3160000.i2c/i2c-1", "i2c-1-mux (chan_id 0)");
        i2c(12, "", "SMBus stub driver");
        names = new BusNames(sys);
    }

    private void i2c(int number, String controller, String name) throws IOException {
        String folder = "devices/" + controller + "/i2c-" + number + "/i2c-dev/i2c-" + number;
        new FixtureTree(sys).put(folder + "/name", name + "\n");
        Files.createSymbolicLink(sys.resolve(folder + "/device"), sys.resolve("devices/" + controller + "/i2c-" + number));
        Files.createDirectories(sys.resolve("class/i2c-dev"));
        Files.createSymbolicLink(sys.resolve("class/i2c-dev/i2c-" + number), sys.resolve(folder));
    }

    @Test
    void aBusIsFoundByItsNameOrByTheDeviceBehindIt() throws IOException {
        assertEquals(1, names.i2c("3160000.i2c"));
        assertEquals(2, names.i2c("c240000.i2c"));
        assertEquals(10, names.i2c("i2c-tiny-usb at bus 001 device 004"));
        assertEquals(10, names.i2c("i2c-10"));
        assertEquals(1, names.i2c("i2c-1"), "not the multiplexer's channel behind it");
        assertEquals(11, names.i2c("i2c-1-mux (chan_id 0)"));
        assertEquals(12, names.i2c("SMBus stub driver"));
        assertEquals(7, names.i2c("/dev/i2c-7"));
        assertEquals(0, names.spi("3210000.spi"));
        assertEquals(0, names.spi("spi0"));
        assertEquals(3, names.spi("/dev/spidev3.1"));
    }

    @Test
    void aNameOfTwoBusesOrOfNoneIsToldWithWhatThereIs() {
        var e = assertThrows(IOException.class, () -> names.i2c("Tegra I2C adapter"));
        assertEquals("2 I2C buses are called Tegra I2C adapter; name the device behind one: "
                + "1-1.4, 3160000.i2c, SMBus stub driver, Tegra I2C adapter, c240000.i2c, i2c-1-mux (chan_id 0), "
                + "i2c-tiny-usb at bus 001 device 004", e.getMessage());
        e = assertThrows(IOException.class, () -> names.spi("qspi"));
        assertEquals("no SPI bus is called qspi; there are 3210000.spi", e.getMessage());
        e = assertThrows(IOException.class, () -> new BusNames(sys.resolve("nowhere")).i2c("x"));
        assertEquals("no I2C bus is called x; there is none", e.getMessage());
        assertThrows(IOException.class, () -> names.i2c("/dev/ttyUSB0"));
        assertThrows(IOException.class, () -> names.spi("/dev/spidev0"));
    }
}
