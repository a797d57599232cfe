package dev.adze.compress.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** On a clock of its own, so that the times are known. */
class RoundsTest {
    private static final long COLD_NANOS = 200_000;

    private long now;
    private final List<String> order = new ArrayList<>();

    private final class Fixed implements Rounds.Subject {
        private final String name;
        private final long nanos;
        /** Slower by so much a second of the clock: a machine that gets hot. */
        private final double drift;
        private boolean cold;

        Fixed(String name, long nanos, double drift) {
            this.name = name;
            this.nanos = nanos;
            this.drift = drift;
        }

        @Override
        public void prepare() {
            order.add(name);
            cold = true;
        }

        @Override
        public void call() {
            now += (long) (nanos * (1 + drift * now / 1e9)) + (cold ? COLD_NANOS : 0);
            cold = false;
        }
    }

    private List<Samples> run(Fixed... subjects) {
        return new Rounds(() -> now, 2_000_000_000L, 0, 7).run(List.of(subjects));
    }

    @Test
    void mediansAreWhatACallTakesWithWarmCaches() {
        List<Samples> samples = run(new Fixed("a", 100_000, 0), new Fixed("b", 250_000, 0));
        assertEquals(100, samples.get(0).median().value(), 0.2);
        assertEquals(250, samples.get(1).median().value(), 0.5);
        assertEquals(100, samples.get(0).p99().value(), 0.2);
        assertEquals(Rounds.ROUNDS, samples.get(0).rounds());
    }

    @Test
    void driftHitsAllAlikeSoThatRatiosStayTrue() {
        List<Samples> samples = run(new Fixed("a", 100_000, 0.5), new Fixed("b", 250_000, 0.5));
        Samples.Estimate ratio = samples.get(1).ratioTo(samples.get(0));
        assertEquals(2.5, ratio.value(), 0.02);
        assertTrue(ratio.low() <= 2.5 && ratio.high() >= 2.5 && ratio.high() - ratio.low() < 0.1, ratio.toString());
        assertTrue(samples.get(0).median().value() > 130, "the times themselves did drift");
    }

    @Test
    void theOrderChangesFromRoundToRound() {
        run(new Fixed("a", 100_000, 0), new Fixed("b", 100_000, 0), new Fixed("c", 100_000, 0));
        List<String> rounds = order.subList(3, order.size());
        List<String> first = IntStream.range(0, rounds.size() / 3).mapToObj(i -> String.join("", rounds.subList(3 * i, 3 * i + 3)))
                .distinct().sorted().toList();
        assertEquals(List.of("abc", "acb", "bac", "bca", "cab", "cba"), first);
    }

    @Test
    void slowSubjectsSitRoundsOutButMeetTheOthersOftenEnough() {
        List<Samples> samples = run(new Fixed("fast", 50_000, 0), new Fixed("slow", 40_000_000, 0), new Fixed("slower", 90_000_000, 0));
        assertEquals(25, samples.get(2).rounds());
        assertTrue(samples.get(1).rounds() >= 25, "rounds " + samples.get(1).rounds());
        assertEquals(1800, samples.get(2).ratioTo(samples.get(0)).value(), 5);
        assertEquals(2.25, samples.get(2).ratioTo(samples.get(1)).value(), 0.01);
        assertNull(samples.get(2).p99().value(), "25 calls say nothing about the slowest in a hundred");
    }

    @Test
    void veryShortCallsAreTimedSeveralAtOnceAndHaveNoP99() {
        List<Samples> samples = run(new Fixed("short", 400, 0), new Fixed("long", 100_000, 0));
        assertEquals(0.4, samples.getFirst().median().value(), 0.001);
        assertNull(samples.getFirst().p99().value());
    }
}
