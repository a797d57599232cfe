package dev.adze.agent.sensor.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayGroupTest {
    private static final long MILLI = 1_000_000;

    @TempDir
    Path folder;

    private ReplayGroup replay(String csv) throws IOException {
        return new ReplayGroup(Files.writeString(folder.resolve("r.csv"), csv));
    }

    private static Reading at(ReplayGroup group, long millis) {
        var out = new ReadingBuffer(group.channels().size());
        group.read(77 + millis * MILLI, out);
        return out.get(0);
    }

    @Test
    void aSampleGetsTheNewestRowThatIsDueHoweverOftenItIsRead() throws IOException {
        try (var group = replay("time[ms],a[V],b\n1000,1,x\n1250,2,5\n1500,,5\n1750,4,5\n")) {
            var primed = new ReadingBuffer(2);
            group.read(ReplayGroup.PRIMING, primed);
            assertInstanceOf(Reading.Missing.class, primed.get(0));
            assertEquals(List.of(new ChannelInfo("a", "V"), new ChannelInfo("b", "")), group.channels());
            assertEquals(new Reading.Ok(1), at(group, 0));
            assertEquals(new Reading.Ok(1), at(group, 0));
            assertEquals(new Reading.Ok(1), at(group, 249));
            assertEquals(new Reading.Ok(2), at(group, 250));
            assertInstanceOf(Reading.Missing.class, at(group, 500));
            assertEquals(new Reading.Ok(4), at(group, 1249));
            assertInstanceOf(Reading.Missing.class, at(group, 1250));
        }
    }

    @Test
    void textInANumberIsInvalid() throws IOException {
        try (var group = replay("time[ms],a[V]\n0,abc\n250,1e999\n500,NaN\n")) {
            assertInstanceOf(Reading.Invalid.class, at(group, 0));
            assertInstanceOf(Reading.Invalid.class, at(group, 250));
            assertInstanceOf(Reading.Invalid.class, at(group, 500));
        }
    }

    @Test
    void gapsAreMissing() throws IOException {
        try (var group = replay("time[ms],a\n0,1\n100,2\n5000,3\n")) {
            at(group, 0);
            assertEquals(new Reading.Ok(2), at(group, 299));
            assertInstanceOf(Reading.Missing.class, at(group, 300));
            assertEquals(new Reading.Ok(3), at(group, 5000));
        }
    }

    @Test
    void whatIsNoRecordingIsRefused() {
        for (String csv : List.of("", "\n", "date,a\n1,2\n", "time[ms]\n1\n", "time[ms],a,a[V]\n1,2,3\n", "time[ms],a\n",
                "time[ms],a[\n1,2\n", "time[ms],\n1,2\n", "time[ms],a\nyesterday,2\n")) {
            AdzeException e = assertThrows(AdzeException.class, () -> replay(csv).close(), csv);
            assertEquals(AdzeException.Kind.BAD_DATA, e.kind(), csv);
        }
        assertEquals(AdzeException.Kind.NOT_FOUND,
                assertThrows(AdzeException.class, () -> new ReplayGroup(folder.resolve("absent.csv"))).kind());
    }
}
