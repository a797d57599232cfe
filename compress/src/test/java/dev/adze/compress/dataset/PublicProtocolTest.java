package dev.adze.compress.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.compress.SharedData;
import dev.adze.compress.data.CmapssReader;
import dev.adze.compress.data.DataSource;
import dev.adze.compress.data.DataSpec;
import dev.adze.compress.data.RecordingReader;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The published protocols of the public sets come out with the row and window counts that papers give. */
class PublicProtocolTest {
    @Test
    void cmapssHas17731TrainingWindowsOf30AndSevenConstantChannels() {
        CmapssReader.Cmapss set = CmapssReader.readSet(SharedData.folder("cmapss-fd001"), "FD001");
        SensorRecording train = set.train();
        ScalingFitter.Inputs inputs = ScalingFitter.fit(train, train.series(), Scaling.STANDARD);
        assertEquals(List.of("setting3", "T2", "P2", "epr", "farB", "Nf_dmd", "PCNfR_dmd"), inputs.constant());
        var spec = new PreprocessSpec(inputs.channels(), 5, 10, List.of(0.1), false);
        Targets life = Targets.remainingLife(train, 125);
        var outputs = ScalingFitter.fit(life, train.series(), Scaling.STANDARD);
        FeatureTable features = FeatureTable.of(train, spec);
        assertEquals(50, features.featureCount());
        assertEquals(17_731, WindowedDataset.sliding("training", features, life.scaled(outputs), train.series(), 30, 1, 29).size());
        assertEquals(100, WindowedDataset.last(FeatureTable.of(set.test(), spec),
                Targets.remainingLife(set.test(), 125, set.remainingLife()), set.test().series(), 30).size());
    }

    @Test
    void etth1IsSplitAtTwelveAndSixteenMonths() {
        SensorRecording r = RecordingReader.read(DataSource.resolve(
                DataSpec.of(SharedData.folder("etth1").resolve("ETTh1.csv.gz").toString())));
        long start = Instant.parse("2016-07-01T00:00:00Z").toEpochMilli();
        long hour = 3_600_000;
        Split split = Split.byMoments(r, start + 8640 * hour, start + 11_520 * hour, 0);
        assertEquals(List.of(new Series("", 0, 8640)), split.train());
        assertEquals(List.of(new Series("", 8640, 2880)), split.validation());
        assertEquals(17_420 - 11_520, split.test().getFirst().rowCount());
        // Z-scores of the training part: the oil temperature's mean and deviation there.
        var oil = ScalingFitter.fit(r, split.train(), Scaling.STANDARD).channels().getLast();
        double sum = 0;
        double squares = 0;
        for (int row = 0; row < 8640; row++) {
            sum += r.value(6, row);
        }
        for (int row = 0; row < 8640; row++) {
            squares += Math.pow(r.value(6, row) - sum / 8640, 2);
        }
        assertEquals(sum / 8640, oil.center(), 1e-9);
        assertEquals(Math.sqrt(squares / 8640), oil.scale(), 1e-9);
    }
}
