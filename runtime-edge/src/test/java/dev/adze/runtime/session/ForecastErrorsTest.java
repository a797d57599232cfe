package dev.adze.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ForecastErrorsTest {
    private static final PreprocessSpec PREPROCESS = new PreprocessSpec(
            List.of(new ChannelSpec("a", "", 0, 1, -9, 9), new ChannelSpec("b", "", 0, 1, -9, 9)), 1, 9, List.of(), false);

    private static TaskSpec task(TaskSpec.Mode mode) {
        return new TaskSpec(TaskSpec.Kind.ANOMALY, mode, 3, 2, 1000, List.of(output("b", 2, 0.5), output("a", 1, 4)));
    }

    private static TaskSpec.OutputSpec output(String channel, int steps, double scale) {
        return new TaskSpec.OutputSpec(channel + "+" + steps, "", 0, scale, -1e9, 1e9,
                Optional.of(new TaskSpec.Ahead(channel, steps, Optional.empty())));
    }

    @Test
    void anErrorIsWhatWasMeasuredLessWhatWasForecastForThatStep() {
        var errors = new ForecastErrors(task(TaskSpec.Mode.STREAM), PREPROCESS, 0.25);
        var anomaly = new TaskSpec.Anomaly(0.25, 2, List.of(0.1, 0.2));
        errors.measured(new float[] {1, 10}, 0);
        errors.forecast(new float[] {11, 5}, 0);
        assertFalse(errors.due());
        assertTrue(Double.isNaN(errors.score(anomaly)));
        errors.measured(new float[] {7, 0}, 0); // a was to be 5: error (7 - 5) / 4
        assertEquals(0, errors.smoothed(0));
        assertEquals(0.25 * 0.5, errors.smoothed(1), 1e-12);
        errors.forecast(new float[] {0, 7}, 0);
        errors.measured(new float[] {Float.NaN, 12}, 0); // a is missing; b was to be 11 two steps ago: error 1 / 0.5
        assertEquals(0.25 * 2, errors.smoothed(0), 1e-12);
        assertEquals(0.25 * 0.5, errors.smoothed(1), 1e-12);
        assertEquals(Math.sqrt((25 + 0.390625) / 2) / 2, errors.score(anomaly), 1e-12);
        // No forecast was made at the step before: nothing comes due for a.
        errors.measured(new float[] {100, 0}, 0);
        assertEquals(0.25 * 0.5, errors.smoothed(1), 1e-12);
        errors.reset();
        assertFalse(errors.due());
    }

    @Test
    void aSessionScoresWhatItsOwnForecastsMissed() {
        var anomaly = new TaskSpec.Anomaly(0.1, 1.5, List.of(0.3, 0.7));
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            TaskSpec task = task(mode).with(anomaly);
            var network = CompiledNetwork.compile(RandomNetworks.weights(RecurrentNetwork.stackedLstm(2, 1, 5, 2), new Random(3)));
            try (network; ModelSession session = new ModelSession(network, PREPROCESS, task)) {
                var random = new Random(8);
                var raws = new ArrayList<float[]>();
                var forecasts = new ArrayList<float[]>();
                double[] smoothed = new double[2];
                for (int t = 0; t < 40; t++) {
                    float[] raw = {(float) random.nextGaussian(), (float) random.nextGaussian()};
                    raws.add(raw);
                    session.preprocess(raw);
                    // Forecasts of the first two steps are provisional and do not count.
                    if (t - 2 >= 2) {
                        smoothed[0] += 0.1 * ((raw[1] - forecasts.get(t - 2)[0]) / 0.5 - smoothed[0]);
                    }
                    if (t - 1 >= 2) {
                        smoothed[1] += 0.1 * ((raw[0] - forecasts.get(t - 1)[1]) / 4 - smoothed[1]);
                        double mean = (Math.pow(smoothed[0] / 0.3, 2) + Math.pow(smoothed[1] / 0.7, 2)) / 2;
                        assertEquals(Math.sqrt(mean) / 1.5, session.anomalyScore(), 1e-6, mode + " step " + t);
                    } else {
                        assertTrue(Double.isNaN(session.anomalyScore()));
                    }
                    float[] outputs = new float[2];
                    session.infer(outputs);
                    forecasts.add(outputs);
                }
                assertEquals(List.of("b+2", "a+1", "anomaly"), task.reported().stream().map(TaskSpec.OutputSpec::name).toList());
                session.reset();
                assertTrue(Double.isNaN(session.anomalyScore()));
            }
        }
    }

    @Test
    void aRestartChangesNoBitOfTheScore() {
        var anomaly = new TaskSpec.Anomaly(0.1, 1.5, List.of(0.3, 0.7));
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            TaskSpec task = task(mode).with(anomaly);
            for (int restart = 0; restart < 9; restart++) {
                var network = CompiledNetwork.compile(RandomNetworks.weights(RecurrentNetwork.stackedLstm(2, 1, 5, 2), new Random(3)));
                try (network; ModelSession unbroken = new ModelSession(network, PREPROCESS, task);
                        ModelSession first = new ModelSession(network, PREPROCESS, task);
                        ModelSession second = new ModelSession(network, PREPROCESS, task)) {
                    var random = new Random(8);
                    for (int t = 0; t < 20; t++) {
                        float[] raw = {(float) random.nextGaussian(), t % 5 == 4 ? Float.NaN : (float) random.nextGaussian()};
                        if (t == restart) {
                            second.restoreState(first.saveState());
                        }
                        ModelSession broken = t < restart ? first : second;
                        double expected = score(unbroken, raw);
                        assertEquals(expected, score(broken, raw), mode + ", restart before step " + restart + ", step " + t);
                        assertEquals(t < 3, Double.isNaN(expected));
                    }
                    var other = new ErrorsState(3, true, new long[2], new float[4], new double[2]);
                    SessionState now = second.saveState();
                    var wrong = new SessionState(now.stepsSeen(), now.window(), now.recurrent(), now.preprocessor(), other);
                    assertThrows(IllegalArgumentException.class, () -> second.restoreState(wrong));
                    assertEquals(now, second.saveState());
                    second.restoreState(new SessionState(now.stepsSeen(), now.window(), now.recurrent(), now.preprocessor()));
                    assertTrue(Double.isNaN(second.anomalyScore()), "afresh");
                }
            }
        }
    }

    private static double score(ModelSession session, float[] raw) {
        session.preprocess(raw);
        session.infer(new float[2]);
        return session.anomalyScore();
    }

    @Test
    void whatIsNoForecastOfAChannelIsRefused() {
        var outputs = List.of(new TaskSpec.OutputSpec("x", "", 0, 1, -1, 1));
        var task = new TaskSpec(TaskSpec.Kind.ANOMALY, TaskSpec.Mode.STREAM, 3, 2, 0, outputs);
        assertThrows(IllegalArgumentException.class, () -> new ForecastErrors(task, PREPROCESS, 0.1));
        assertThrows(IllegalArgumentException.class, () -> task.with(new TaskSpec.Anomaly(0.1, 1, List.of(1.0))));
        assertThrows(IllegalArgumentException.class, () -> new TaskSpec.Anomaly(0, 1, List.of(1.0)));
        assertThrows(IllegalArgumentException.class, () -> new TaskSpec.Anomaly(0.1, 1, List.of(0.0)));
    }
}
