package dev.adze.agent.alarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.adze.profiles.Profile.Alarm;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlarmLogicTest {
    private static Alarm alarm(boolean rate, boolean above, double level, double clear, int k, int n) {
        return new Alarm("a", "x", rate, above, level, clear, k, n, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A letter a value, 100 ms apart: R where it is raised, C where it is cleared, - elsewhere. */
    private static String changes(Alarm alarm, double... values) {
        var logic = new AlarmLogic(alarm);
        var text = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            text.append(logic.update(values[i], 1000 + 100 * i) ? logic.raised() ? 'R' : 'C' : '-');
        }
        return text.toString();
    }

    @Test
    void betweenTheTwoLevelsNothingChanges() {
        assertEquals("-R---C-R", changes(alarm(false, true, 80, 75, 1, 1), 80, 80.1, 78, 75.1, 81, 75, 79, 90));
        assertEquals("-R--C-", changes(alarm(false, false, 5, 7, 1, 1), 5, 4.9, 6, 6.9, 7, 5));
    }

    @Test
    void asManyOfTheNewestAsAskedForHaveToAgree() {
        assertEquals("----R---C", changes(alarm(false, true, 10, 10, 3, 5), 11, 9, 12, 9, 13, 9, 14, 9, 9));
        assertEquals("------", changes(alarm(false, true, 10, 10, 3, 3), 11, 12, 9, 11, 12, 9));
    }

    @Test
    void aValueThatIsNoNumberSaysNothing() {
        assertEquals("--R--C", changes(alarm(false, true, 10, 10, 2, 2), 11, Double.NaN, 11, Double.POSITIVE_INFINITY, 9, 9));
    }

    @Test
    void theChangePerSecondIsWatchedOnRequest() {
        // 100 ms apart: +1 is 10 a second; the first value has no change, nor has one after a gap in the values.
        assertEquals("--R-C", changes(alarm(true, true, 9, 0, 1, 1), 0, 0.5, 1.5, 2, 2));
        assertEquals("------R", changes(alarm(true, true, 9, 0, 1, 1), 0, Double.NaN, 5, 5.5, 5, 5, 6));
        var logic = new AlarmLogic(alarm(true, true, 9, 0, 1, 1));
        assertFalse(logic.update(0, 1000));
        assertFalse(logic.update(100, 1000), "no time passed");
    }

    @Test
    void whateverComesItAgreesWithTheDefinition() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int n = 1 + random.nextInt(6);
            int k = 1 + random.nextInt(n);
            double clear = -random.nextInt(2);
            double[] values = random.doubles(60, -2, 2).toArray();
            String expected = "";
            boolean raised = false;
            int from = 0;
            for (int i = 0; i < values.length; i++) {
                int votes = 0;
                for (int j = Math.max(from, i - n + 1); j <= i; j++) {
                    votes += (raised ? values[j] <= clear : values[j] > 0) ? 1 : 0;
                }
                boolean change = votes >= k;
                raised ^= change;
                from = change ? i + 1 : from;
                expected += change ? raised ? 'R' : 'C' : '-';
            }
            assertEquals(expected, changes(alarm(false, true, 0, clear, k, n), values), "seed " + seed + " round " + round);
        }
    }
}
