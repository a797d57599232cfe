package dev.adze.agent.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.forward.ForwardLog.Batch;
import dev.adze.agent.forward.ForwardLog.Numbered;
import dev.adze.agent.state.DiskFiles;
import dev.adze.agent.state.MemoryFiles;
import dev.adze.agent.state.StateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ForwardLogTest {
    static final long MOST = 1 << 16;

    @TempDir
    Path folder;

    static ForwardLog open(StateFiles files) throws IOException {
        return ForwardLog.open(files, MOST, () -> 42);
    }

    static Report report(long number, int bytes) {
        byte[] payload = new byte[bytes];
        new Random(number).nextBytes(payload);
        return new Report((byte) (number % 7), 1_795_000_000_000L + number, payload);
    }

    static void assertIs(Report expected, Report actual, String what) {
        assertArrayEquals(expected.payload(), actual.payload(), what);
        assertEquals(expected.kind(), actual.kind(), what);
        assertEquals(expected.epochMillis(), actual.epochMillis(), what);
    }

    /** Numbers of all that can be read from there on; gaps as negative numbers. */
    static List<Long> drain(ForwardLog log, long after, int bytes) throws IOException {
        var numbers = new ArrayList<Long>();
        Batch batch;
        long at = after;
        while (!(batch = log.read(at, bytes)).isEmpty()) {
            for (long lost = batch.lostFrom(); lost <= batch.lostTo(); lost++) {
                numbers.add(-lost);
                at = lost;
            }
            for (Numbered n : batch.reports()) {
                assertEquals(at + 1, n.number());
                numbers.add(n.number());
                at = n.number();
            }
        }
        return numbers;
    }

    private static List<Long> range(long from, long to) {
        return java.util.stream.LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void whatIsAppendedComesOutInOrderOverRestartsUntilItIsAcknowledged() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var files = new DiskFiles(folder.resolve("made"));
        ForwardLog log = open(files);
        long appended = 0;
        long acknowledged = 0;
        for (int round = 0; round < 200; round++) {
            var batch = new ArrayList<Report>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                batch.add(report(++appended, random.nextInt(300)));
            }
            assertEquals(batch.size(), log.append(batch), "seed " + seed);
            if (random.nextInt(10) == 0) {
                log = open(files);
            }
            long at = log.status().acknowledged();
            Batch next = log.read(at, 1 + random.nextInt(900));
            for (Numbered n : next.reports()) {
                Report expected = report(n.number(), n.report().payload().length);
                assertIs(expected, n.report(), "report " + n.number() + " seed " + seed);
            }
            if (!next.reports().isEmpty() && random.nextInt(3) > 0) {
                acknowledged = next.reports().getLast().number();
                log.acknowledge(acknowledged);
                log.save();
            }
            assertEquals(range(acknowledged + 1, appended), drain(log, acknowledged, 1 + random.nextInt(5000)), "seed " + seed);
        }
        assertEquals(42, log.identity());
        assertEquals(appended, log.status().last());
        assertEquals(0, log.status().evicted() + log.status().unstored());
        assertTrue(acknowledged > 50, "the test acknowledges little");
    }

    @Test
    void whatIsDeliveredLeavesTheDisk() throws IOException {
        var files = new MemoryFiles();
        ForwardLog log = open(files);
        for (int i = 1; i <= 2000; i++) {
            assertEquals(1, log.append(List.of(report(i, 100))));
            log.acknowledge(i);
        }
        log.save();
        assertTrue(files.bytes() <= 8192, files.bytes() + " bytes");
        assertEquals(List.of(), drain(open(files), 0, 1000));
        assertEquals(2000, open(files).status().last());
    }

    @Test
    void aFullLogLosesItsOldestReportsAndTellsWhich() throws IOException {
        var files = new MemoryFiles();
        ForwardLog log = open(files);
        for (int i = 1; i <= 2000; i++) {
            assertEquals(1, log.append(List.of(report(i, 100))));
            assertTrue(files.bytes() <= MOST, files.bytes() + " bytes");
        }
        List<Long> left = drain(log, 0, 10_000);
        assertEquals(2000, left.size(), "every number is either there or told as lost");
        long lost = left.stream().filter(n -> n < 0).count();
        assertEquals(lost, log.status().evicted());
        assertTrue(lost > 1000 && lost < 1600, lost + " lost");
        assertEquals(left, drain(open(files), 0, 100), "the same after a restart");
        assertEquals(-1, left.getFirst());
        assertEquals(2000, left.getLast());
    }

    @Test
    void aRestartLoopWithoutAReceiverStaysWithinTheBound() throws IOException {
        var files = new MemoryFiles();
        for (int i = 1; i <= 300; i++) {
            open(files).append(List.of(report(i, 50)));
        }
        assertTrue(files.names().size() <= 4, "goes on in the same segment: " + files.names());
        assertEquals(range(1, 300).size(), drain(open(files), 0, 100_000).stream().filter(n -> n > 0).count());
    }

    @Test
    void aFullOrReadOnlyDiskCostsReportsThatAreCountedAndTheLogHealsByItself() throws IOException {
        for (String error : List.of("No space left on device", "Read-only file system")) {
            for (int operations = 0; operations < 12; operations++) {
                var files = new MemoryFiles();
                files.failAfter(operations, error);
                ForwardLog log = open(files);
                long stored = 0;
                for (int i = 1; i <= 10; i++) {
                    stored += log.append(List.of(report(i, 90)));
                }
                assertEquals(10 - stored, log.status().unstored());
                assertEquals(10, log.status().last());
                files.failAfter(0, null);
                for (int i = 11; i <= 20; i++) {
                    assertEquals(1, log.append(List.of(report(i, 90))), error + " after " + operations);
                }
                for (ForwardLog l : List.of(log, open(files))) {
                    List<Long> all = drain(l, 0, 1000);
                    assertEquals(range(1, 20), all.stream().map(Math::abs).toList(), error + " after " + operations);
                    assertTrue(all.stream().filter(n -> n < 0).count() <= 10 - stored, "more is gone than was counted");
                    assertEquals(10, all.stream().filter(n -> n > 10).count());
                }
            }
        }
    }

    @Test
    void anAcknowledgementThatTheDiskDoesNotTakeOnlyMeansThatReportsComeAgain() throws IOException {
        var files = new MemoryFiles();
        ForwardLog log = open(files);
        log.append(List.of(report(1, 10), report(2, 10)));
        log.acknowledge(2);
        files.failAfter(0, "Read-only file system");
        assertThrows(IOException.class, log::save);
        files.failAfter(0, null);
        assertEquals(range(1, 2), drain(open(files), 0, 1000));
        assertEquals(List.of(), drain(log, 0, 1000));
    }

    @Test
    void aReportThatIsTooLargeIsAGap() throws IOException {
        var files = new MemoryFiles();
        ForwardLog log = open(files);
        assertEquals(2, log.append(List.of(report(1, 10), report(2, 5000), report(3, 10))));
        assertEquals(1, log.status().unstored());
        assertEquals(List.of(1L, -2L, 3L), drain(log, 0, 1000));
        assertEquals(List.of(1L, -2L, 3L), drain(open(files), 0, 1000));
    }

    @Test
    void damageCostsTheRestOfItsSegmentAndNothingElse() throws IOException {
        var files = new DiskFiles(folder);
        ForwardLog log = open(files);
        for (int i = 1; i <= 300; i++) {
            log.append(List.of(report(i, 100)));
        }
        List<String> segments = files.names().stream().sorted().toList();
        assertTrue(segments.size() >= 4, segments.toString());
        byte[] second = Files.readAllBytes(folder.resolve(segments.get(1)));
        second[second.length / 2] ^= 4;
        Files.write(folder.resolve(segments.get(1)), second);
        List<Long> live = drain(log, 0, 4000);
        assertEquals(range(1, 300), live.stream().map(Math::abs).toList());
        long lost = live.stream().filter(n -> n < 0).count();
        assertTrue(lost > 10 && lost < 60, lost + " lost");
        assertEquals(live, drain(open(files), 0, 700));
    }

    @Test
    void aSegmentThatIsNoneIsPassedOverAndANewLogHasAnotherIdentity() throws IOException {
        Files.writeString(folder.resolve("0000000000000001.log"), "not a log at all, but long enough for a header");
        Files.writeString(folder.resolve("other.txt"), "x");
        var log = ForwardLog.open(new DiskFiles(folder), MOST, () -> 7);
        assertEquals(7, log.identity());
        assertEquals(1, log.append(List.of(report(1, 5))));
        assertEquals(7, ForwardLog.open(new DiskFiles(folder), MOST, () -> 8).identity());
        assertNotEquals(7, ForwardLog.open(new MemoryFiles(), MOST, () -> 8).identity());
    }

    /** By the document alone: another program can read the file. */
    @Test
    void theBytesAreTheDocumentedOnes() throws IOException {
        ForwardLog log = ForwardLog.open(new DiskFiles(folder), MOST, () -> 0x1122334455667788L);
        log.append(List.of(new Report((byte) 3, 1_795_000_000_123L, "hello".getBytes(StandardCharsets.US_ASCII))));
        log.acknowledge(1);
        log.save();
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("0000000000000001.log"))).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[12];
        in.get(magic);
        assertEquals("ADZE-LOG/1\n\0", new String(magic, StandardCharsets.US_ASCII));
        assertEquals(0x1122334455667788L, in.getLong());
        assertEquals(1, in.getLong());
        assertEquals(0, in.getLong());
        var crc = new CRC32C();
        crc.update(in.array(), 0, 36);
        int header = in.getInt();
        assertEquals((int) crc.getValue(), header);
        assertEquals(18 + 5, in.getInt());
        int sum = in.getInt();
        ByteBuffer checked = ByteBuffer.allocate(8 + 23).order(ByteOrder.LITTLE_ENDIAN).putInt(header).putInt(23).put(in.array(), 48, 23);
        crc.reset();
        crc.update(checked.array());
        assertEquals((int) crc.getValue(), sum);
        assertEquals(1, in.get());
        assertEquals(1, in.getLong());
        assertEquals(3, in.get());
        assertEquals(1_795_000_000_123L, in.getLong());
        byte[] text = new byte[5];
        in.get(text);
        assertEquals("hello", new String(text, StandardCharsets.US_ASCII));
        assertEquals(9, in.getInt());
        in.getInt();
        assertEquals(2, in.get());
        assertEquals(1, in.getLong());
        assertEquals(0, in.remaining());
    }
}
