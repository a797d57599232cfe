package dev.adze.compress.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private static final double[] TRUTH = {10, 20, 30};
    private static final double[] PREDICTED = {13, 20, 26};

    @Test
    void errorsMatchValuesWorkedOutByHand() {
        assertEquals(Math.sqrt(25 / 3.0), Scores.rmse(PREDICTED, TRUTH), 1e-12);
        assertEquals(7 / 3.0, Scores.mae(PREDICTED, TRUTH), 1e-12);
        assertEquals(Math.exp(0.3) - 1 + Math.exp(4 / 13.0) - 1, Scores.phm08(PREDICTED, TRUTH), 1e-12);
        assertEquals(1 / 3.0, Scores.accuracy(PREDICTED, TRUTH), 1e-12);
    }

    @Test
    void beingLateCostsMoreThanBeingEarly() {
        assertTrue(Scores.phm08(new double[] {20}, new double[] {10}) > Scores.phm08(new double[] {10}, new double[] {20}));
    }

    /** For the mean of n independent normal values the interval is about +-1.96 / sqrt(n). */
    @Test
    void bootstrapIntervalOfAMeanHasTheTextbookWidth() {
        var random = new Random(3);
        double[] x = random.doubles(400).map(_ -> random.nextGaussian()).toArray();
        var interval = Bootstrap.interval(x.length, 1, 1, choice -> {
            double sum = 0;
            for (int i : choice) {
                sum += x[i];
            }
            return sum / choice.length;
        });
        assertEquals(2 * 1.96 / 20, interval.high() - interval.low(), 0.03);
        assertTrue(interval.low() < 0.1 && interval.high() > -0.1);
    }
}
