package dev.adze.agent.sensor.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Register bytes and values are the worked examples of the data sheets, unless a comment says otherwise. */
class I2cChipTest {
    private static ReadingBuffer read(Chip<I2cLink> chip, FakeI2c link) throws IOException {
        chip.start(link);
        return again(chip, link);
    }

    private static ReadingBuffer again(Chip<I2cLink> chip, FakeI2c link) throws IOException {
        var out = new ReadingBuffer(chip.channels().size());
        chip.read(link, out);
        return out;
    }

    private static void assertAllInvalid(ReadingBuffer out) {
        for (int i = 0; i < out.size(); i++) {
            assertInstanceOf(Reading.Invalid.class, out.get(i), "channel " + i);
        }
    }

    static Input input(String from, String type) {
        return new Input("x", "", from, type, 1, 0, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
    }

    @Test
    void ina3221GivesTheSheetsVoltages() throws IOException {
        // SBOS576 table 3 and section 8.6.2: a shunt voltage of -80 mV is 0xC180; 32.76 V on the bus are 0x7FF8.
        var link = FakeI2c.words().put(0xfe, 0x5449, 0x3220).put(0, 0x7127).put(1, 0xc180, 0x7ff8, 50 << 3, 1500 << 3, 0, 0);
        var out = read(new Ina3221(0.005), link);
        assertEquals(32.76, out.value(0), 1e-9);
        assertEquals(-16, out.value(1), 1e-9);
        assertEquals(-16 * 32.76, out.value(2), 1e-9);
        assertEquals(12, out.value(3), 1e-9);
        assertEquals(0.4, out.value(4), 1e-9);
        assertEquals(0, out.value(6));
        assertEquals(List.of(), link.written, "a chip that measures is left as it is");
        link.put(2, 0xffff);
        assertEquals(new Reading.Invalid(Lies.ALL_ONES), again(new Ina3221(0.005), link).get(2));
    }

    @Test
    void ina3221InPowerDownIsWokenWithItsAveragingKept() throws IOException {
        var link = FakeI2c.words().put(0xfe, 0x5449, 0x3220).put(0, 0x7920);
        read(new Ina3221(0.1), link);
        assertEquals(List.of("007927"), link.written);
    }

    @Test
    void ina226GivesTheSheetsExample() throws IOException {
        // SBOS547 section 7.5.1, table 1: 11.98 V, 20 mV over 2 milliohms, 10 A, 119.82 W.
        var link = FakeI2c.words().put(0xfe, 0x5449, 0x2260).put(0, 0x4127).put(1, 0x1f40, 0x2570);
        var out = read(new Ina226(0.002), link);
        assertEquals(11.98, out.value(0), 1e-9);
        assertEquals(10, out.value(1), 1e-9);
        assertEquals(119.8, out.value(2), 1e-9);
        link.put(2, 0xffff);
        assertAllInvalid(again(new Ina226(0.002), link));
    }

    private static final int[] CALIBRATION = {0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc, 0x7d, 0x8e, 0x43, 0xd6, 0xd0, 0x0b, 0x27, 0x0b,
        0x8c, 0x00, 0xf9, 0xff, 0x8c, 0x3c, 0xf8, 0xc6, 0x70, 0x17};

    @Test
    void bmp280GivesTheSheetsExample() throws IOException {
        // BST-BMP280-DS001 section 3.12: 25.08 degC, 100653.27 Pa.
        var link = FakeI2c.bytes().put(0xd0, 0x58).put(0x88, CALIBRATION)
                .put(0xf7, 0x65, 0x5a, 0xc0, 0x7e, 0xed, 0x00, 0x80, 0x00);
        var out = read(new Bme280(), link);
        assertEquals(25.08, out.value(0), 0.005);
        assertEquals(1006.5327, out.value(1), 0.00005);
        assertEquals("the chip is a BMP280, which does not measure it", out.get(2).obstacle());
        assertTrue(link.written.contains("f427"), "measures by itself");
        link.put(0xf7, 0x80, 0, 0, 0x80, 0, 0, 0x80, 0);
        assertInstanceOf(Reading.Missing.class, again(new Bme280(), link).get(0));
    }

    @Test
    void bme280HumidityAgreesWithTheSheetsIntegerFormula() throws IOException {
        // No worked example of the humidity is published: the sheet's 32-bit integer formula (section 4.2.3) is the judge.
        long seed = System.nanoTime();
        var random = new Random(seed);
        int compared = 0;
        for (int i = 0; i < 2000; i++) {
            int h1 = 50 + random.nextInt(50);
            int h2 = 300 + random.nextInt(120);
            int h3 = random.nextInt(20);
            int h4 = 250 + random.nextInt(150);
            int h5 = random.nextInt(100) - 50;
            int h6 = random.nextInt(60) - 30;
            int rawTemperature = 440_000 + random.nextInt(120_000);
            int rawHumidity = i == 0 ? 0x8000 : 22_000 + random.nextInt(20_000);
            var link = FakeI2c.bytes().put(0xd0, 0x60).put(0x88, CALIBRATION).put(0xa1, h1)
                    .put(0xe1, h2 & 0xff, h2 >> 8, h3, h4 >> 4, h4 & 15 | (h5 & 15) << 4, h5 >> 4, h6)
                    .put(0xf7, 0x65, 0x5a, 0xc0, rawTemperature >> 12, rawTemperature >> 4, rawTemperature << 4,
                            rawHumidity >> 8, rawHumidity);
            var out = read(new Bme280(), link);
            double expected = integerHumidity(rawHumidity, integerFine(rawTemperature), h1, h2, h3, h4, h5, h6);
            if (rawHumidity == 0x8000) { // what the register holds before the first measurement
                assertInstanceOf(Reading.Missing.class, out.get(2), "seed " + seed + " case " + i);
            } else if (out.isOk(0)) {
                assertEquals(expected, out.value(2), 0.02, "seed " + seed + " case " + i);
                compared++;
            }
        }
        assertTrue(compared > 1000, compared + " comparisons, seed " + seed);
    }

    private static int integerFine(int raw) {
        int t1 = 27504;
        int a = ((raw >> 3) - (t1 << 1)) * 26435 >> 11;
        int b = (((raw >> 4) - t1) * ((raw >> 4) - t1) >> 12) * -1000 >> 14;
        return a + b;
    }

    private static double integerHumidity(int raw, int fine, int h1, int h2, int h3, int h4, int h5, int h6) {
        int w = fine - 76800;
        int left = (raw << 14) - (h4 << 20) - h5 * w + 16384 >> 15;
        int right = ((((w * h6 >> 10) * ((w * h3 >> 11) + 32768) >> 10) + 2097152) * h2 + 8192) >> 14;
        int v = left * right;
        v = v - (((v >> 15) * (v >> 15) >> 7) * h1 >> 4);
        v = Math.clamp(v, 0, 419430400);
        return (v >> 12) / 1024.0;
    }

    @Test
    void sht3xGivesTheFormulasEndsAndChecksEveryWord() throws IOException {
        var bytes = new byte[] {(byte) 0xbe, (byte) 0xef};
        assertEquals(0x92, Sht3x.crc(bytes, 0), "SHT3x-DIS table 20");
        long[] now = {0};
        var link = FakeI2c.bytes().answer("beef92" + "8000a2");
        var chip = new Sht3x(() -> now[0]);
        var out = read(chip, link);
        assertEquals(-45 + 175 * 48879 / 65535.0, out.value(0), 1e-12);
        assertEquals(100 * 32768 / 65535.0, out.value(1), 1e-12);
        assertEquals(List.of("3093", "2737", "e000"), link.written);

        // Between two measurements the chip refuses to answer.
        link.failure = new IOException("nack");
        now[0] += 200_000_000;
        assertEquals(out.get(0), again(chip, link).get(0));
        now[0] += 200_000_000;
        assertThrows(IOException.class, () -> again(chip, link));

        link.failure = null;
        link.answer("beef93" + "8000a2");
        assertEquals(new Reading.Invalid("the checksum is wrong"), again(chip, link).get(0));
        link.answer("ffffffffffff");
        assertAllInvalid(again(chip, link));
    }

    @ParameterizedTest
    @CsvSource({"0x7f00, 127", "0x7ee0, 126.875", "0x1900, 25", "0x0020, 0.125", "0, 0", "0xffe0, -0.125", "0xe700, -25",
        "0xc920, -54.875", "0xc900, -55", "0x1e40, 30.25"})
    void lm75GivesTheSheetsTable(String raw, double celsius) throws IOException {
        // NXP LM75B data sheet, table 9.
        assertEquals(new Reading.Ok(celsius), read(new Lm75(), FakeI2c.words().put(0, Integer.decode(raw))).get(0));
    }

    @Test
    void noThermometerIsBelievedWhatItCannotMeasure() throws IOException {
        assertAllInvalid(read(new Lm75(), FakeI2c.words().put(0, 0xffff)));
        assertAllInvalid(read(new Lm75(), FakeI2c.words().put(0, 0x8000)));
        assertAllInvalid(read(new Tmp102(), FakeI2c.words().put(0, 0x8000)));
    }

    @ParameterizedTest
    @CsvSource({"0x7ff0, 127.9375", "0x6400, 100", "0x5000, 80", "0x4b00, 75", "0x3200, 50", "0x1900, 25", "0x0040, 0.25",
        "0, 0", "0xffc0, -0.25", "0xe700, -25", "0xc900, -55", "0x4b01, 150", "0x4001, 128", "0x0c81, 25", "0xf381, -25"})
    void tmp102GivesTheSheetsTables(String raw, double celsius) throws IOException {
        // SBOS397 tables 8 and 9: twelve bits, and thirteen where the lowest bit is set.
        assertEquals(new Reading.Ok(celsius), read(new Tmp102(), FakeI2c.words().put(0, Integer.decode(raw)).put(1, 0x60a0)).get(0));
    }

    @Test
    void sleepingThermometersAreWoken() throws IOException {
        var lm75 = FakeI2c.bytes().put(0, 0x19, 0).put(1, 0x03);
        new Lm75().start(lm75);
        assertEquals(List.of("0102"), lm75.written);
        var tmp102 = FakeI2c.words().put(1, 0x61a0);
        new Tmp102().start(tmp102);
        assertEquals(List.of("0160a0"), tmp102.written);
        assertAllInvalid(read(new Tmp102(), FakeI2c.words().put(0, 0xffff)));
    }

    @Test
    void mpu6050GivesTheMapsSensitivities() throws IOException {
        // RM-MPU-6000A: 16384 steps a g at 2 g, 2048 at 16 g; 131 a degree per second at 250, 16.4 at 2000; 340 a degC.
        var link = FakeI2c.bytes().put(0x75, 0x68).put(0x3b, 0x40, 0x00, 0xc0, 0x00, 0x00, 0x00, 0xfe, 0xac, 0x00, 0x83, 0xff, 0x7d, 0x7f, 0xff);
        var out = read(new Mpu6050(2, 250), link);
        assertEquals(9.80665, out.value(0), 1e-9);
        assertEquals(-9.80665, out.value(1), 1e-9);
        assertEquals(35.53, out.value(3), 1e-9);
        assertEquals(1, out.value(4), 1e-9);
        assertEquals(-1, out.value(5), 1e-9);
        assertInstanceOf(Reading.Invalid.class, out.get(6), "clipped");
        assertEquals(List.of("6b01", "1b00", "1c00"), link.written);
        link.written.clear();
        out = read(new Mpu6050(16, 2000), link.put(0x3b, 0x08, 0x00).put(0x43, 0x00, 0xa4));
        assertEquals(9.80665, out.value(0), 1e-9);
        assertEquals(10, out.value(4), 0.02, "16.4 is rounded");
        assertEquals(List.of("6b01", "1b18", "1c18"), link.written);
    }

    @Test
    void ads1115GivesTheSheetsCodes() throws IOException {
        // SBAS444 table 3: 0x4000 is half the range; 0x7fff and 0x8000 may be more than the range.
        var half = new Input("x", "V", "0-1", "", 10, 1, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
        var link = FakeI2c.words().put(0, 0x4000).put(1, 0x8583);
        var out = read(new Ads1115(List.of(half, input("3", "")), 2.048), link);
        assertEquals(11.24, out.value(0), 1e-9);
        assertEquals(1.024, out.value(1), 1e-9);
        assertEquals(List.of("0185e3", "01f5e3"), link.written);
        link.put(0, 0xc000);
        assertEquals(-3.072, read(new Ads1115(List.of(input("0", "")), 6.144), link).value(0), 1e-9);
        assertEquals("01c1e3", link.written.getLast());
        link.put(0, 0x7fff);
        assertAllInvalid(read(new Ads1115(List.of(input("0", "")), 6.144), link));
    }

    @ParameterizedTest
    @CsvSource({"0x02, u8, 0x81, 129", "0x02, s8, 0x81, -127", "0x02, u16, 0x8182, 33154", "0x02, s16, 0x8182, -32382",
        "0x02, u16le, 0x8281, 33154", "0x02, s16le, 0x8281, -32382", "0x02, u24, 0x800001, 8388609", "0x02, s24, 0x800001, -8388607",
        "0x02, u32, 0xfffffffe, 4294967294", "0x02, s32, 0xfffffffe, -2", "0x02, u32le, 0xfeffffff, 4294967294",
        "0x02, s32le, 0xfeffffff, -2", "0x02, f32, 0xc0490fdb, -3.1415927410125732", "0x02[15:3], s16, 0xc180, -2000",
        "0x02[15:3], u16, 0xc180, 6192", "0x02[3:0], u8, 0xab, 11", "0x02[7:4], s8, 0xab, -6", "0x02[31:0], u32, 0x80000000, 2147483648"})
    void registersAreReadAsTheirTypeSays(String from, String type, String bytes, double value) throws IOException {
        var link = FakeI2c.bytes();
        for (int i = 0; i < (bytes.length() - 2) / 2; i++) {
            link.put(2 + i, Integer.parseInt(bytes.substring(2 + 2 * i, 4 + 2 * i), 16));
        }
        assertEquals(new Reading.Ok(value), read(new I2cRegisters(List.of(input(from, type))), link).get(0));
    }

    @Test
    void aRegistersLieAndLimitsAreTold() throws IOException {
        var chip = new I2cRegisters(List.of(new Input("x", "bar", "0x10", "u16", 0.1, -1, OptionalDouble.of(0), OptionalDouble.of(100),
                OptionalDouble.of(65535))));
        assertEquals(new Reading.Ok(0.1 * 500 - 1), read(chip, FakeI2c.words().put(0x10, 500)).get(0));
        assertEquals("beyond the limits in the profile", read(chip, FakeI2c.words().put(0x10, 9)).get(0).obstacle());
        assertEquals("beyond the limits in the profile", read(chip, FakeI2c.words().put(0x10, 1011)).get(0).obstacle());
        assertEquals("the sensor's number for no value", read(chip, FakeI2c.words().put(0x10, 65535)).get(0).obstacle());
        assertThrows(AdzeException.class, () -> new I2cRegisters(List.of(input("0x02[16:0]", "u16"))));
        assertThrows(AdzeException.class, () -> new I2cRegisters(List.of(input("0x02[3:5]", "u16"))));
    }

    @Test
    void anotherChipAtTheAddressIsNotTakenForTheOneNamed() {
        for (Chip<I2cLink> chip : List.<Chip<I2cLink>>of(new Ina3221(1), new Ina226(1), new Bme280(), new Mpu6050(2, 250))) {
            var e = assertThrows(WrongChip.class, () -> chip.start(FakeI2c.bytes()));
            assertTrue(e.getMessage().startsWith("not a "), e.getMessage());
        }
    }
}
