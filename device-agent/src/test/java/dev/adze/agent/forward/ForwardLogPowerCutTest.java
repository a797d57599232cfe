package dev.adze.agent.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.forward.ForwardLog.Batch;
import dev.adze.agent.forward.ForwardLog.Numbered;
import dev.adze.agent.state.MemoryFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The power fails after every single operation on the disk, and of what was not synced any part is there. Whatever
 * {@code append} returned for is still read, except what was acknowledged or evicted; nothing that was never appended is.
 */
@Timeout(120)
class ForwardLogPowerCutTest {
    /** What was true from some operation on. */
    private record Moment(int operations, long stored, long acknowledged, long evicted, long handedOut) {}

    private static int payload(long number) {
        // Some records cross sectors, some segments hold few.
        return number > 120 ? 2900 : number % 11 == 0 ? 1800 : 40 + (int) (number * 37 % 600);
    }

    private final Map<Long, Report> made = new HashMap<>();

    private Report report(long number) {
        return made.computeIfAbsent(number, n -> ForwardLogTest.report(n, payload(n)));
    }

    private static boolean same(Report a, Report b) {
        return Arrays.equals(a.payload(), b.payload()) && a.kind() == b.kind() && a.epochMillis() == b.epochMillis();
    }

    /** Appends, reads, acknowledges, saves, crashes without a cut; then the receiver stays away until the log is full. */
    private List<Moment> script(MemoryFiles files, Random random) throws IOException {
        var moments = new ArrayList<Moment>(List.of(new Moment(0, 0, 0, 0, 0)));
        ForwardLog log = ForwardLogTest.open(files);
        long appended = 0;
        long acknowledged = 0;
        long handedOut = 0;
        long evicted = 0;
        for (int round = 0; round < 85; round++) {
            var batch = new ArrayList<Report>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                batch.add(report(++appended));
            }
            assertEquals(batch.size(), log.append(batch));
            Batch read = log.read(acknowledged, 1500);
            evicted = Math.max(evicted, read.lostTo());
            moments.add(new Moment(files.operationCount(), appended, acknowledged, evicted, handedOut));
            if (round % 3 == 2 && round < 60) {
                handedOut = Math.max(handedOut, read.reports().getLast().number());
                acknowledged = read.reports().getLast().number();
                log.acknowledge(acknowledged);
                moments.add(new Moment(files.operationCount(), appended, acknowledged, evicted, handedOut));
                if (random.nextBoolean()) {
                    log.save();
                }
            }
            if (random.nextInt(8) == 0) {
                // A crash of the process alone: the page cache stays.
                log = ForwardLogTest.open(files);
                acknowledged = log.status().acknowledged();
            }
        }
        return moments;
    }

    private void check(ForwardLog log, Moment before, Moment after, String where) throws IOException {
        long acknowledged = log.status().acknowledged();
        assertTrue(acknowledged <= after.acknowledged(), where + ": " + acknowledged + " counts as acknowledged, but only "
                + after.acknowledged() + " was");
        long at = acknowledged;
        Batch batch;
        while (!(batch = log.read(at, 5000)).isEmpty()) {
            for (Numbered n : batch.reports()) {
                assertTrue(same(report(n.number()), n.report()), () -> where + ": report " + n.number());
            }
            if (batch.reports().isEmpty()) {
                // The one place where the policy loses something.
                assertTrue(batch.lostTo() <= after.evicted(), where + ": " + batch.lostFrom() + " to " + batch.lostTo()
                        + " is lost, but only those up to " + after.evicted() + " were evicted");
            }
            at = batch.reports().isEmpty() ? batch.lostTo() : batch.reports().getLast().number();
        }
        assertTrue(at >= before.stored(), where + ": " + at + " is the newest, but " + before.stored() + " was stored");
        assertTrue(log.status().last() >= before.handedOut(), where + ": a number that was handed out would be given again");
    }

    @Test
    void noPowerCutLosesAReportThatWasStoredNorMakesOneUp() throws IOException {
        long seed = 20261121;
        var random = new Random(seed);
        var files = new MemoryFiles();
        List<Moment> moments = script(files, random);
        assertTrue(moments.getLast().evicted() > moments.getLast().acknowledged(), "the script never fills the log");
        int images = 0;
        int twice = 0;
        for (int cut = 0; cut <= files.operationCount(); cut++) {
            int operations = cut;
            Moment before = moments.stream().filter(m -> m.operations() <= operations).toList().getLast();
            Moment after = moments.stream().filter(m -> m.operations() > operations).findFirst().orElse(moments.getLast());
            for (Map<String, byte[]> image : files.imagesAfter(cut)) {
                images++;
                String where = "after " + cut + " operations, image " + images + ", seed " + seed;
                var disk = new MemoryFiles(image);
                ForwardLog log = ForwardLogTest.open(disk);
                check(log, before, after, where);
                // And life goes on from there.
                long last = log.status().last();
                assertEquals(1, log.append(List.of(report(last + 1))), where);
                assertEquals(last + 1, log.status().last());
                if (random.nextInt(500) == 0) {
                    long evicted = Math.max(after.evicted(), log.read(log.status().acknowledged(), 1).lostTo());
                    twice += cutAgain(disk, before, new Moment(0, 0, after.acknowledged(), evicted, 0), last + 1, where);
                }
            }
        }
        System.out.println("power cuts in a forward log: " + files.operationCount() + " operations, " + images + " images of the disk, "
                + twice + " more of a second cut; no stored report lost, none made up");
        assertTrue(images > 5000, images + " images");
        assertTrue(twice > 500, twice + " images of a second cut");
    }

    /** The power fails again during the recovery or the first append after it. */
    private int cutAgain(MemoryFiles disk, Moment before, Moment after, long appended, String where) throws IOException {
        int images = 0;
        for (int cut = 0; cut <= disk.operationCount(); cut++) {
            for (Map<String, byte[]> image : disk.imagesAfter(cut)) {
                images++;
                ForwardLog log = ForwardLogTest.open(new MemoryFiles(image));
                check(log, before, after, where + ", again after " + cut);
                assertTrue(log.status().last() <= appended);
                assertFalse(cut == disk.operationCount() && log.status().last() < appended, where);
            }
        }
        return images;
    }
}
