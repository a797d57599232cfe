package dev.adze.compress.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final PreprocessSpec PREPROCESS = new PreprocessSpec(
            List.of(new ChannelSpec("a", "", 0, 1, -9, 9)), 0, 9, List.of(), false);

    private static TaskSpec task(TaskSpec.Kind kind, double scale, int... steps) {
        return new TaskSpec(kind, TaskSpec.Mode.STREAM, 1, steps.length, 0, Arrays.stream(steps)
                .mapToObj(n -> new TaskSpec.OutputSpec("a+" + n, "", 0, scale, -99, 99,
                        Optional.of(new TaskSpec.Ahead("a", n, Optional.empty())))).toList());
    }

    /** Measured values; 0 was forecast for each. */
    private static Evaluator.Predictions series(float[] measured, float[] labels) {
        return new Evaluator.Predictions(new HeldOut.Part("s", measured.length, measured, null, null, null, 0, labels),
                new float[measured.length]);
    }

    @Test
    void aForecastOfManyStepsIsJudgedByTheMeanSquareOfScaledErrors() {
        var part = new HeldOut.Part("s", 2, new float[2], new float[] {1, 2, 3, 4}, null, null, 0);
        var judgement = Judgement.of(task(TaskSpec.Kind.FORECAST, 2, 1, 2), PREPROCESS,
                List.of(new Evaluator.Predictions(part, new float[] {1, 4, 2, -2})), 1);
        // Errors 0, 2, -1, -6 in units of 2.
        assertEquals((0 + 1 + 0.25 + 9) / 4, judgement.main().value(), 1e-12);
        assertEquals((0 + 1 + 0.5 + 3) / 4, judgement.all().get("test.scaled-mae"), 1e-12);
        assertEquals(judgement.main().value(), judgement.all().get("test.scaled-mse.a"), 1e-12);
        assertEquals("scaled MSE", judgement.main().name());
    }

    @Test
    void aThresholdIsFittedToUsualRowsAndCountsOfLabelledOnesGiveF1() {
        TaskSpec forecast = task(TaskSpec.Kind.ANOMALY, 1, 1);
        // The first row has no forecast yet, the labelled 50 is not usual: errors of +1 and -1 are left.
        var usual = series(new float[] {70, 1, -1, 50, 1, -1}, new float[] {0, 0, 0, 1, 0, 0});
        TaskSpec.Anomaly fitted = new AnomalyScores(forecast, PREPROCESS).fit(List.of(usual), 1, 0.9, 1.5);
        assertEquals(1, fitted.spread().getFirst(), 1e-12);
        assertEquals(1.5, fitted.threshold(), 1e-12);
        var scores = new AnomalyScores(forecast.with(fitted), PREPROCESS);
        float none = Float.NaN;
        // Alarms at 3, 3, -2 and 9: two right, one false, one of a row that does not count; the 1 is missed.
        var judged = series(new float[] {0, 3, 3, -2, 1, 0, 9}, new float[] {0, 1, 1, 0, 1, 0, none});
        assertEquals(2, scores.of(judged)[1], 1e-12);
        var judgement = Judgement.of(forecast.with(fitted), PREPROCESS, List.of(judged), 1);
        assertEquals(2.0 * 2 / (2 * 2 + 1 + 1), judgement.main().value(), 1e-12);
        assertTrue(judgement.main().higherIsBetter());
        assertEquals(1 / 3.0, judgement.all().get("test.false-alarm-rate"), 1e-12);
        assertEquals(1 / 3.0, judgement.all().get("test.missed-alarm-rate"), 1e-12);
    }

    @Test
    void whatCannotBeFittedOrJudgedIsRefused() {
        TaskSpec forecast = task(TaskSpec.Kind.ANOMALY, 1, 1);
        var scores = new AnomalyScores(forecast, PREPROCESS);
        for (float[] exact : new ArrayList<>(List.of(new float[] {1}, new float[] {0, 0, 0}))) {
            assertThrows(AdzeException.class, () -> scores.fit(List.of(series(exact, null)), 0.1, 0.9, 1));
        }
        TaskSpec task = forecast.with(new TaskSpec.Anomaly(1, 1, List.of(1.0)));
        assertThrows(AdzeException.class, () -> Judgement.of(task, PREPROCESS,
                List.of(series(new float[3], new float[3])), 1));
    }
}
