package dev.adze.compress.pipeline;

import dev.adze.compress.distill.TeacherOutputs;
import dev.adze.compress.distill.TeacherView;
import dev.adze.compress.teacher.TeacherEngine;
import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What given teachers say of the training windows, in the scale that the student is trained in. */
final class GivenOutputs {
    private static final int BATCH = 64;

    private GivenOutputs() {}

    static TeacherOutputs.Source of(GivenNetwork teacher, Prepared data, TeacherView view) {
        return rows -> {
            try (var network = new TorchNetwork(teacher.weights().network(), 0, 0)) {
                network.load(teacher.weights());
                Evaluation.rows(List.of(network), windows(teacher.preprocess(), data), view::rows, row -> {
                    rescale(row, view.countedSteps() * view.outputs(), teacher.task(), data.task());
                    rows.accept(row);
                });
            }
        };
    }

    static TeacherOutputs.Source of(GivenEngine teacher, Prepared data, TeacherView view) {
        return rows -> {
            Windows windows = windows(teacher.preprocess(), data);
            int floats = windows.windowSteps() * windows.featureCount();
            float[] features = new float[BATCH * floats];
            float[] targets = new float[BATCH * windows.windowSteps() * windows.targetCount()];
            for (int first = 0; first < windows.size(); first += BATCH) {
                int count = Math.min(BATCH, windows.size() - first);
                windows.fill(IntStream.range(first, first + count).toArray(), count, features, targets);
                var answer = teacher.answer(Arrays.copyOf(features, count * floats), count);
                for (int w = 0; w < count; w++) {
                    float[] row = counted(answer, w, view, data.task());
                    rescale(row, row.length, teacher.task(), data.task());
                    rows.accept(row);
                }
            }
        };
    }

    private static Windows windows(PreprocessSpec reads, Prepared data) {
        return reads.equals(data.preprocess()) ? data.taught() : data.taughtAs().apply(reads);
    }

    /** The counted steps of one window; where only its last step is answered, the others do not count (NaN). */
    private static float[] counted(TeacherEngine.Answer answer, int window, TeacherView view, TaskSpec task) {
        int outputs = view.outputs();
        int told = Math.min(answer.steps(), view.countedSteps());
        if (told < view.countedSteps() && task.kind() == TaskSpec.Kind.CLASSIFICATION) {
            throw new AdzeException(AdzeException.Kind.USAGE, "the teacher names the class of a window's last step alone, but the"
                    + " student's loss counts " + view.countedSteps() + " steps; set student.train.lossFromStep: "
                    + (task.windowSteps() - 1));
        }
        float[] row = new float[view.countedSteps() * outputs];
        Arrays.fill(row, Float.NaN);
        System.arraycopy(answer.values(), ((window + 1) * answer.steps() - told) * outputs, row,
                row.length - told * outputs, told * outputs);
        return row;
    }

    private static void rescale(float[] row, int length, TaskSpec from, TaskSpec to) {
        for (int i = 0; i < length; i++) {
            TaskSpec.OutputSpec own = from.outputs().get(i % from.outputs().size());
            TaskSpec.OutputSpec student = to.outputs().get(i % to.outputs().size());
            if (own.center() != student.center() || own.scale() != student.scale()) {
                row[i] = (float) ((own.center() + own.scale() * row[i] - student.center()) / student.scale());
            }
        }
    }
}
