package dev.adze.agent.sensor.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpiAndGpioTest {
    private static final class FakeSpi implements SpiLink {
        final List<String> sent = new ArrayList<>();
        final String answer;

        FakeSpi(String answer) {
            this.answer = answer;
        }

        @Override
        public void transfer(byte[] out, byte[] in) {
            sent.add(HexFormat.of().formatHex(out));
            System.arraycopy(HexFormat.of().parseHex(answer), 0, in, 0, in.length);
        }

        @Override
        public void close() {}
    }

    private static ReadingBuffer read(Chip<SpiLink> chip, FakeSpi link) throws IOException {
        chip.start(link);
        var out = new ReadingBuffer(chip.channels().size());
        chip.read(link, out);
        return out;
    }

    @Test
    void mcp3008AsksAsItsSheetSays() throws IOException {
        // DS21295 figure 6-1 and table 5-2: start bit, single or differential, three bits of the channel.
        var link = new FakeSpi("000200");
        var out = read(new Mcp3008(List.of(I2cChipTest.input("0", ""), I2cChipTest.input("7", ""), I2cChipTest.input("0-1", ""),
                I2cChipTest.input("7-6", "")), 3.3), link);
        assertEquals(List.of("018000", "01f000", "010000", "017000"), link.sent);
        assertEquals(new Reading.Ok(512 * 3.3 / 1024), out.get(0));
        assertEquals(new Reading.Ok(1023 * 5.0 / 1024), read(new Mcp3008(List.of(I2cChipTest.input("0", "")), 5), new FakeSpi("f8fbff")).get(0));
        assertInstanceOf(Reading.Invalid.class, read(new Mcp3008(List.of(I2cChipTest.input("0", "")), 5), new FakeSpi("ffffff")).get(0));
    }

    /** 19-5793 tables 4 and 5: the thermocouple in the upper 14 bits, the junction in bits 15 to 4. */
    @ParameterizedTest
    @CsvSource({"0x1900, 0x7f0, 1600, 127", "0x0fa0, 0x649, 1000, 100.5625", "0x0193, 0x190, 100.75, 25", "0x0064, 0, 25, 0",
        "0, 0xfff, 0, -0.0625", "0x3fff, 0xff0, -0.25, -1", "0x3ffc, 0xec0, -1, -20", "0x3c18, 0xc90, -250, -55"})
    void max31855GivesTheSheetsTables(String thermocouple, String junction, double hot, double cold) throws IOException {
        int word = Integer.decode(thermocouple) << 18 | Integer.decode(junction) << 4;
        var out = read(new Max31855(), new FakeSpi("%08x".formatted(word)));
        assertEquals(new Reading.Ok(hot), out.get(0));
        assertEquals(new Reading.Ok(cold), out.get(1));
    }

    @ParameterizedTest
    @CsvSource({"01911901, the thermocouple is open", "01911902, the thermocouple is shorted to ground",
        "01911904, the thermocouple is shorted to the supply", "00000000, all bits are 0: nobody drives the bus",
        "ffffffff, no answer on the SPI bus"})
    void max31855NamesItsFaults(String word, String fault) throws IOException {
        var out = read(new Max31855(), new FakeSpi(word));
        assertEquals(new Reading.Invalid(fault), out.get(0));
        assertEquals(word.startsWith("0191"), out.isOk(1), "the junction is measured all the same");
    }

    private static final class FakeLine implements GpioLine {
        boolean level;
        long edges;

        @Override
        public boolean level() {
            return level;
        }

        @Override
        public long edges() {
            return edges;
        }

        @Override
        public void close() {}
    }

    @Test
    void linesGiveLevelsEdgesAndRates() throws IOException {
        var line = new FakeLine();
        var lines = new GpioLines.Lines() {
            @Override
            public GpioLine line(int index) {
                return line;
            }

            @Override
            public void close() {}
        };
        long[] now = {0};
        var chip = new GpioLines(List.of(I2cChipTest.input("5", ""), I2cChipTest.input("5", "edges"),
                new Input("fan", "1/min", "5", "rate", 15, 0, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty())),
                () -> now[0]);
        chip.start(lines);
        var out = new ReadingBuffer(3);
        chip.read(lines, out);
        assertEquals(List.of(new Reading.Ok(0), new Reading.Ok(0)), List.of(out.get(0), out.get(1)));
        assertInstanceOf(Reading.Missing.class, out.get(2), "no rate from one look");

        now[0] += 500_000_000;
        line.level = true;
        line.edges = 40;
        chip.read(lines, out);
        assertEquals(List.of(new Reading.Ok(1), new Reading.Ok(40), new Reading.Ok(1200)), List.of(out.get(0), out.get(1), out.get(2)));

        // Opened anew after a failure: the line counts from 0 again, the channel goes on.
        chip.start(lines);
        line.edges = 2;
        chip.read(lines, out);
        assertEquals(new Reading.Ok(42), out.get(1));
        assertInstanceOf(Reading.Missing.class, out.get(2));

        line.edges = -1;
        chip.read(lines, out);
        assertEquals(new Reading.Ok(1), out.get(0));
        assertInstanceOf(Reading.Missing.class, out.get(1));
    }
}
