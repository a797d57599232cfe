package dev.adze.compress.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.data.Channel;
import dev.adze.compress.data.Refusals;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static SensorRecording rows(int... lengths) {
        return Recordings.of(lengths, new float[IntStream.of(lengths).sum()]);
    }

    @Test
    void timeSplitKeepsOrderAndGuards() {
        Split split = Split.byTime(rows(100), 0.2, 0.3, 5);
        assertEquals(List.of(new Series("u0", 0, 50)), split.train());
        assertEquals(List.of(new Series("u0", 55, 15)), split.validation());
        assertEquals(List.of(new Series("u0", 75, 25)), split.test());
    }

    @Test
    void allSeriesAreCutAtTheSameMoment() {
        // u0 runs from second 0 to 99, u1 from 0 to 9: by time u1 is all training.
        Split split = Split.byTime(rows(100, 10), 0.5, 0, 3);
        assertEquals(List.of(new Series("u0", 0, 45), new Series("u1", 100, 10)), split.train());
        assertEquals(List.of(new Series("u0", 48, 52)), split.validation());
        assertTrue(split.test().isEmpty());
    }

    @Test
    void rowsWithoutTimeAreCutSeriesBySeries() {
        var r = new SensorRecording(List.of(new Channel("x", "")), new float[1][30],
                List.of(new Series("a", 0, 10), new Series("b", 10, 20)), null, 0);
        Split split = Split.byTime(r, 0.5, 0, 1);
        assertEquals(List.of(new Series("a", 0, 5), new Series("b", 10, 10)), split.train());
        assertEquals(List.of(new Series("a", 6, 4), new Series("b", 21, 9)), split.validation());
        Refusals.assertRefused(Kind.USAGE, () -> Split.byMoments(r, 0, 1, 0), "no time");
    }

    @Test
    void momentsCutWhereTheySay() {
        Split split = Split.byMoments(rows(10), 6_000, 8_000, 1);
        assertEquals(List.of(new Series("u0", 0, 6)), split.train());
        assertEquals(List.of(new Series("u0", 7, 1)), split.validation());
        assertEquals(List.of(new Series("u0", 9, 1)), split.test());
    }

    @Test
    void rowsCountAsPublishedProtocolsHaveThem() {
        // Window 96, horizon 96 of ETTh1: 8449 training, 2785 validation and 2785 test windows (Zhou et al. 2021).
        Split split = Split.byRows(rows(17_420), List.of(8640, 2880, 2880), 96, 96);
        assertEquals(List.of(8449, 2785, 2785), Stream.of(split.train(), split.validation(), split.test())
                .map(part -> part.getFirst().rowCount() - 96 + 1).toList());
        assertEquals(List.of(new Series("u0", 0, 8640)), split.fitting());
        // The first test window ends on the row before the part, the last target is the part's last row.
        assertEquals(8640 + 2880 - 96, split.test().getFirst().startRow());
        assertEquals(8640 + 2 * 2880, split.test().getFirst().endRow() + 96);
        Split rest = Split.byRows(rows(50, 60), List.of(20, 0, 0), 5, 0);
        assertEquals(List.of(new Series("u0", 16, 34), new Series("u1", 66, 44)), rest.test());
        assertTrue(rest.validation().isEmpty());
        Refusals.assertRefused(() -> Split.byRows(rows(50), List.of(30, 20, 10), 5, 0), "fewer than the 60 of split.rows");
        Refusals.assertRefused(Kind.USAGE, () -> Split.byRows(rows(50), List.of(30), 5, 0), "three numbers");
    }

    @Test
    void partsThatKeepNothingAreRefused() {
        Refusals.assertRefused(() -> Split.byTime(rows(20), 0.2, 0.2, 10), "the validation part keeps none of the 20 rows");
        Refusals.assertRefused(Kind.USAGE, () -> Split.byTime(rows(20), 0.5, 0.5, 0), "leave something to train");
        Refusals.assertRefused(Kind.USAGE, () -> Split.byTime(rows(20), Double.NaN, 0, 0), "NaN");
    }

    @Test
    void blocksAreDrawnBySeedAndPartsStayAGuardApart() {
        SensorRecording r = rows(1000, 77);
        for (long seed = 0; seed < 50; seed++) {
            Split split = Split.byBlock(r, 50, 0.15, 0.2, 12, seed);
            assertEquals(split, Split.byBlock(r, 50, 0.15, 0.2, 12, seed), "seed " + seed);
            int[] partOf = new int[1077];
            int kept = 0;
            for (var part : List.of(split.train(), split.validation(), split.test())) {
                int number = ++kept;
                for (Series s : part) {
                    for (int row = s.startRow(); row < s.endRow(); row++) {
                        assertEquals(0, partOf[row], "row " + row + " is in two parts, seed " + seed);
                        partOf[row] = number;
                    }
                }
            }
            int last = -1;
            for (int row = 0; row < partOf.length; row++) {
                last = row == 1000 ? -1 : last; // another series: no guard is needed
                if (partOf[row] != 0) {
                    assertTrue(last < 0 || partOf[last] == partOf[row] || row - last > 12,
                            "rows " + last + " and " + row + " of different parts are too near, seed " + seed);
                    last = row;
                }
            }
            assertTrue(split.test().stream().mapToInt(Series::rowCount).sum() > 100, "seed " + seed);
        }
        assertNotEquals(Split.byBlock(r, 50, 0.15, 0.2, 12, 1), Split.byBlock(r, 50, 0.15, 0.2, 12, 2));
        Refusals.assertRefused(Kind.USAGE, () -> Split.byBlock(r, 12, 0.1, 0.1, 12, 1), "longer blocks");
        Refusals.assertRefused(() -> Split.byBlock(rows(100), 50, 0.1, 0.1, 12, 1), "the recording has 2 blocks");
    }

    @Test
    void unitSplitIsSeededAndNamesItsNeeds() {
        SensorRecording r = rows(3, 3, 3, 3, 3, 3, 3, 3, 3, 3);
        assertEquals(Split.byUnit(r, 0.2, 0.1, 7), Split.byUnit(r, 0.2, 0.1, 7));
        assertNotEquals(Split.byUnit(r, 0.2, 0.1, 7), Split.byUnit(r, 0.2, 0.1, 8));
        assertEquals(7, Split.byUnit(r, 0.2, 0.1, 7).train().size());
        assertEquals(1, Split.byUnit(r, 0.001, 0, 7).validation().size());
        Refusals.assertRefused(() -> Split.byUnit(rows(5), 0.1, 0.1, 1), "at least 3 units, but the recording has 1");
    }

    @Test
    void unitsCanBeNamed() {
        SensorRecording r = rows(3, 4, 5);
        Split split = Split.byUnitNames(r, List.of("u1"), List.of("u2"));
        assertEquals(List.of(new Series("u0", 0, 3)), split.train());
        assertEquals(List.of(new Series("u2", 7, 5)), split.test());
        Refusals.assertRefused(() -> Split.byUnitNames(r, List.of("u9"), List.of()), "no unit u9", "u0, u1, u2");
        Refusals.assertRefused(Kind.USAGE, () -> Split.byUnitNames(r, List.of("u1"), List.of("u1")), "both");
        Refusals.assertRefused(Kind.USAGE, () -> Split.byUnitNames(r, List.of("u0", "u1", "u2"), List.of()), "to train");
    }

    @Test
    void piecesOfAUnitStayTogether() {
        var series = List.of(new Series("m", 0, 2), new Series("m", 2, 2), new Series("n", 4, 2), new Series("n", 6, 2));
        SensorRecording r = rows(8).withSeries(series);
        Split split = Split.byUnit(r, 0.5, 0, 3);
        assertEquals(1, split.train().stream().map(Series::unitId).distinct().count());
        assertEquals(2, split.train().size());
        assertEquals(2, split.validation().size());
    }

    @Test
    void noRowIsInTwoPartsAndNoTargetReachesIntoAnother() {
        var random = Recordings.seeded("SplitTest");
        int checked = 0;
        for (int i = 0; i < 300; i++) {
            SensorRecording r = Recordings.random(random, 1, 0);
            int horizon = random.nextInt(4);
            int window = 1 + random.nextInt(4);
            Split split;
            try {
                split = random.nextBoolean()
                        ? Split.byTime(r, random.nextDouble() * 0.4, random.nextDouble() * 0.4, window + horizon)
                        : Split.byUnit(r, random.nextDouble() * 0.4, random.nextDouble() * 0.4, random.nextLong());
            } catch (AdzeException e) {
                assertEquals(Kind.BAD_DATA, e.kind());
                continue;
            }
            checked++;
            var seen = new BitSet();
            for (Series piece : Stream.of(split.train(), split.validation(), split.test()).flatMap(List::stream).toList()) {
                Series home = r.series().stream()
                        .filter(s -> s.startRow() <= piece.startRow() && piece.endRow() <= s.endRow()).findFirst().orElseThrow();
                assertEquals(home.unitId(), piece.unitId());
                for (int row = piece.startRow(); row < piece.endRow(); row++) {
                    assertTrue(!seen.get(row), "row " + row + " twice");
                    seen.set(row);
                }
                // The rows that this piece's targets reach beyond its end belong to no later piece.
                for (int row = piece.endRow(); row < Math.min(home.endRow(), piece.endRow() + window + horizon); row++) {
                    int beyond = row;
                    assertTrue(Stream.of(split.train(), split.validation(), split.test()).flatMap(List::stream)
                            .noneMatch(p -> p.startRow() <= beyond && beyond < p.endRow()), "row " + row + " in the guard");
                }
            }
        }
        assertTrue(checked > 100, checked + " splits");
    }
}
