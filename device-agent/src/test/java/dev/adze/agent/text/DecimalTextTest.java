package dev.adze.agent.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalTextTest {
    @Test
    void roundsLikeBigDecimal() {
        long seed = 20261121;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(16) - 5);
            String text = new DecimalText().append(value, 6, 5).toString();
            BigDecimal exact = new BigDecimal(value);
            BigDecimal rounded = exact.round(new MathContext(6, RoundingMode.HALF_UP));
            rounded = rounded.setScale(Math.min(5, Math.max(0, rounded.scale())), RoundingMode.HALF_UP);
            BigDecimal expected = exact.abs().compareTo(new BigDecimal(1e6)) >= 0
                    ? exact.setScale(0, RoundingMode.HALF_UP) : rounded;
            // A double product may fall on the other side of a tie: at most one unit of the last digit.
            BigDecimal tolerance = BigDecimal.ONE.movePointLeft(expected.scale());
            BigDecimal error = new BigDecimal(text).subtract(exact).abs();
            assertEquals(-1, error.compareTo(tolerance.multiply(new BigDecimal("0.500001"))),
                    "seed " + seed + ", case " + i + ": " + value + " gave " + text);
        }
    }

    @Test
    void nineDigitsGiveTheFloatBack() {
        long seed = 7;
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            float value = (float) ((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(8) - 3));
            String text = new DecimalText().append(value, 9, 15).toString();
            assertEquals(value, Float.parseFloat(text), "seed " + seed + ", case " + i + ": " + text);
        }
    }

    @Test
    void writesPlainNumbers() {
        assertEquals("0,-1.5,123456,0.00001,0,100,1000000,-9223372036854775808,12",
                new DecimalText().append(0.0, 6, 5).append(",").append(-1.5, 6, 5).append(",").append(123456.4, 6, 5)
                        .append(",").append(0.00001, 6, 5).append(",").append(-0.000001, 6, 5).append(",")
                        .append(99.99999, 6, 5).append(",").append(1e6, 6, 5).append(",").append(Long.MIN_VALUE)
                        .append(",").append(12L).toString());
    }

    @Test
    void growsAndKeepsUtf8() {
        var text = new DecimalText();
        String degrees = "°C".repeat(2000);
        assertEquals(degrees + "x", text.append(degrees).append("x").toString());
    }
}
