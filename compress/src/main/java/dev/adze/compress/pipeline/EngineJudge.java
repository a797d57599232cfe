package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.compress.evaluate.StepTimer;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.Preprocessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Judges a teacher that only answers on the held-out part, window by window: the newest {@code windowSteps} rows of every
 * judged row, where a series is shorter with its first row repeated before it.
 */
final class EngineJudge {
    private static final int BATCH = 64;
    private static final long MEASURE_NANOS = 300_000_000L;
    private static final int LEAST_WINDOWS = 20;
    private static final int MOST_WINDOWS = 5_000;

    private final GivenEngine teacher;
    private final int steps;
    private final int features;
    private final int outputs;

    private EngineJudge(GivenEngine teacher) {
        this.teacher = teacher;
        steps = teacher.task().windowSteps();
        features = teacher.preprocess().featureCount();
        outputs = teacher.task().outputs().size();
    }

    static JudgedStage judge(String name, GivenEngine teacher, Prepared data) {
        var judge = new EngineJudge(teacher);
        var predictions = data.heldOut().series().stream().map(part -> judge.predict(part, data.heldOut().lastOnly())).toList();
        TaskSpec task = data.task().kind() == TaskSpec.Kind.ANOMALY ? data.fitted(data.usual().series().stream()
                .map(part -> judge.predict(part, false)).toList(), data.task()) : data.task();
        var judgement = Judgement.of(task, data.preprocess(), predictions, data.heldOut().lastOnly() ? 1 : judge.steps);
        data.addLifeScores(judgement.all(), predictions);
        var facts = new ModelFacts("", teacher.engine().architecture(), teacher.engine().parameters(), null, teacher.file(),
                teacher.engine().name() + ", a whole window of " + judge.steps + " steps");
        return new JudgedStage(name, facts, null, null, predictions, judgement, judge.time());
    }

    private Evaluator.Predictions predict(HeldOut.Part part, boolean lastOnly) {
        float[] table = new float[part.rows() * features];
        int channels = teacher.preprocess().channels().size();
        var preprocessor = new Preprocessor(teacher.preprocess());
        for (int row = 0; row < part.rows(); row++) {
            preprocessor.apply(Arrays.copyOfRange(part.raw(), row * channels, (row + 1) * channels), 0, table, row * features);
        }
        float[] predicted = new float[part.rows() * outputs];
        Arrays.fill(predicted, Float.NaN);
        List<Integer> rows = new ArrayList<>();
        for (int row = lastOnly ? part.rows() - 1 : part.judgeFrom(); row < part.rows(); row++) {
            rows.add(row);
            if (rows.size() == BATCH || row == part.rows() - 1) {
                answer(part, table, rows, predicted);
                rows.clear();
            }
        }
        return new Evaluator.Predictions(part, predicted);
    }

    private void answer(HeldOut.Part part, float[] table, List<Integer> rows, float[] predicted) {
        float[] windows = new float[rows.size() * steps * features];
        for (int w = 0; w < rows.size(); w++) {
            for (int t = 0; t < steps; t++) {
                int row = Math.max(0, rows.get(w) - steps + 1 + t);
                System.arraycopy(table, row * features, windows, (w * steps + t) * features, features);
            }
        }
        var answer = teacher.answer(windows, rows.size());
        for (int w = 0; w < rows.size(); w++) {
            for (int o = 0; o < outputs; o++) {
                TaskSpec.OutputSpec spec = teacher.task().outputs().get(o);
                double scaled = answer.values()[((w + 1) * answer.steps() - 1) * outputs + o];
                int at = rows.get(w) * outputs + o;
                double reference = teacher.task().relative() ? part.naive()[at] : 0;
                predicted[at] = (float) Math.clamp(spec.center() + spec.scale() * scaled + reference, spec.min(), spec.max());
            }
        }
    }

    /** One window at a time, as a device would ask, of seeded Gaussian noise. */
    private StepTimer.Latency time() {
        var random = new Random(1);
        float[] window = new float[steps * features];
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < LEAST_WINDOWS; i++) {
            teacher.engine().answer(window, 1);
        }
        long[] nanos = new long[MOST_WINDOWS];
        int samples = 0;
        long begin = System.nanoTime();
        while (samples < LEAST_WINDOWS || samples < MOST_WINDOWS && System.nanoTime() - begin < MEASURE_NANOS) {
            long start = System.nanoTime();
            teacher.engine().answer(window, 1);
            nanos[samples++] = System.nanoTime() - start;
        }
        Arrays.sort(nanos, 0, samples);
        return new StepTimer.Latency(nanos[samples / 2] / 1e3, nanos[(int) (samples * 0.99)] / 1e3, samples, teacher.engine().name());
    }
}
