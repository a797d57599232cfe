package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"0,0 B", "999,999 B", "1000,1.00 kB", "3880112,3.88 MB", "47634112,47.6 MB", "999499,999 kB",
        "999500,1.00 MB", "9223372036854775807,9.22 EB"})
    void bytesHaveDecimalUnitsAndThreeDigits(long bytes, String shown) {
        assertEquals(shown, Units.bytes(bytes));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "9999,9999", "10000,10.0 k", "117248,117 k", "3841041,3.84 M", "11902465,11.9 M"})
    void countsAreExactWhileShort(long count, String shown) {
        assertEquals(shown, Units.count(count));
    }

    @ParameterizedTest
    @CsvSource({"0.82,820 ns", "45.21,45.2 µs", "1234,1.23 ms", "999.6,1.00 ms", "2500000,2.50 s", "0,0 ns"})
    void timesChooseTheirUnit(double micros, String shown) {
        assertEquals(shown, Units.micros(micros));
    }

    @ParameterizedTest
    @CsvSource({"0.421,0.42 s", "42.4,42 s", "185,3 min 05 s", "59.7,1 min 00 s", "4335,1 h 12 min"})
    void secondsReadAsPeopleSayThem(double seconds, String shown) {
        assertEquals(shown, Units.seconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"0.012345,3,0.0123", "12.345,3,12.3", "12346,3,12346", "0.00001234,2,1.2e-5", "-4.5,2,−4.5",
        "1,3,1.00", "9.996,3,10.0", "2.5e12,3,2.50e12", "Infinity,3,∞", "NaN,3,–", "0,3,0"})
    void significantDigitsKeepWholeNumbers(double value, int digits, String shown) {
        assertEquals(shown, Units.significant(value, digits));
    }

    @Test
    void changesCarryTheirSign() {
        assertEquals("+0.77 %", Units.change(4.312, 4.345));
        assertEquals("−12 %", Units.change(100, 88));
        assertEquals("±0 %", Units.change(1, 1));
        assertEquals("–", Units.change(0, 1));
    }

    @Test
    void factorsUnderTenHaveThreeDigits() {
        assertEquals("3.10×", Units.factor(3.0988));
        assertEquals("25×", Units.factor(24.8));
        assertEquals("118×", Units.factor(118.3));
    }

    @ParameterizedTest
    @CsvSource({"5.00 MB,5 MB", "2.50 ms,2.5 ms", "100 µs,100 µs", "10.0 MB,10 MB", "0,0", "1.00,1", "500 ns,500 ns"})
    void compactFiguresLoseTrailingZerosOnly(String figure, String shown) {
        assertEquals(shown, Units.compact(figure));
    }

    @Test
    void whatIsMissingIsADash() {
        assertEquals("–", Units.bytes(null));
        assertEquals("–", Units.count(null));
        assertEquals("–", Units.micros(null));
        assertEquals("–", Units.micros(Double.NaN));
        assertEquals("–", Units.seconds(Double.NaN));
    }
}
