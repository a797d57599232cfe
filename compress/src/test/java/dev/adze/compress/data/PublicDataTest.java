package dev.adze.compress.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.SharedData;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The data sets as published; figures from their own descriptions. */
class PublicDataTest {
    @Test
    void readsCmapssAsDescribed() {
        CmapssReader.Cmapss set = CmapssReader.readSet(SharedData.folder("cmapss-fd001"), "FD001");
        assertEquals(20_631, set.train().rowCount());
        assertEquals(13_096, set.test().rowCount());
        assertEquals(100, set.train().series().size());
        assertEquals(100, set.remainingLife().length);
        assertEquals(112, set.remainingLife()[0]);
        assertEquals(new Channel("T24", "degR"), set.train().channels().get(5));
        assertEquals(641.82f, set.train().value(set.train().indexOf("T24"), 0));
        assertEquals(23.4190f, set.train().value(set.train().indexOf("W32"), 0));
        assertFalse(set.train().hasTimestamps());
        for (Series engine : set.train().series()) {
            assertEquals(engine.rowCount(), set.train().value(0, engine.endRow() - 1), "last cycle of engine " + engine);
        }
    }

    @Test
    void readsEtth1WithoutOptions() {
        Path file = SharedData.folder("etth1").resolve("ETTh1.csv.gz");
        SensorRecording r = RecordingReader.read(DataSource.resolve(DataSpec.of(file.toString())));
        assertEquals(17_420, r.rowCount());
        assertEquals(List.of("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"), r.channelNames());
        assertEquals(3_600_000, r.periodMillis());
        assertEquals(1467331200000L, r.timestampMillis(0));
        assertEquals(1, r.cutAtGaps(1.5).series().size());
        assertEquals(30.531f, r.value(6, 0), 1e-6f);
    }

    @Test
    void readsSkabExperimentsAsSeries() {
        Path folder = SharedData.folder("skab");
        SensorRecording r = RecordingReader.read(DataSource.resolve(DataSpec.of(folder + "/valve*.csv.gz")
                .withSeriesBy(DataSpec.SeriesBy.FILE)));
        assertEquals(20, r.series().size());
        assertEquals(10, r.channelCount());
        assertEquals(1000, r.periodMillis());
        float[] anomaly = r.column("anomaly");
        assertTrue(Stream.of(0f, 1f).allMatch(label -> {
            for (float a : anomaly) {
                if (a == label) {
                    return true;
                }
            }
            return false;
        }));
        List<String> sensors = r.without(List.of("anomaly", "changepoint")).channelNames();
        SensorRecording both = RecordingReader.read(DataSource.resolve(DataSpec.of(folder.toString())
                .withSeriesBy(DataSpec.SeriesBy.FILE).withKeep(sensors)));
        assertEquals(21, both.series().size());
        assertEquals("anomaly-free", both.series().getFirst().unitId());
        assertArrayEquals(r.column("Pressure"), java.util.Arrays.copyOfRange(both.column("Pressure"),
                both.series().getFirst().rowCount(), both.rowCount()));
    }
}
