package dev.adze.compress.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.train.Epoch;
import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.FeatureLayout;
import dev.adze.compress.train.SineWindows;
import dev.adze.compress.train.Torch;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.Augmentation;
import dev.adze.compress.train.Specs;
import dev.adze.compress.train.TrainSpec;
import dev.adze.compress.train.Trainer;
import dev.adze.compress.train.TrainingListener;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.RecurrentNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistillationTest {
    private static final TrainSpec SPEC = Specs.of(20, 0.01, 20, 0, 0, Augmentation.NONE);

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static final TrainingListener QUIET = new TrainingListener() {
        @Override
        public void onStep(long step, long totalSteps, double loss, double secondsPerStep) {}

        @Override
        public void onEpoch(Epoch epoch, boolean best) {}

        @Override
        public boolean stopRequested() {
            return false;
        }
    };

    /** The teacher is untrained, so only its outputs, not the task's targets, can make the student agree with it. */
    @Test
    void withAlphaOneTheStudentFollowsTheTeacherAndNotTheTargets() {
        var windows = new SineWindows(320, 3);
        var shape = new TeacherOutputs.Shape(8, 1, 24);
        try (var teacher = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 24, 1), 0, 5);
                var student = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 8, 1), 0, 6);
                var outputs = TeacherOutputs.open(folder.resolve("outputs.bin"), teacher, windows, shape);
                var objective = new DistillationObjective(new DistillSpec(1, 1, 0.1), SPEC, outputs, shape, 8)) {
            double before = distance(teacher, student, windows);
            new Trainer(student, windows, windows, new FeatureLayout(2, 1), SPEC, objective, 1, folder.resolve("c.pt"), QUIET).run();
            double after = distance(teacher, student, windows);
            assertTrue(after < before / 5, "distance to the teacher was " + before + ", is " + after);
        }
    }

    private static double distance(TorchNetwork a, TorchNetwork b, SineWindows windows) {
        var first = new ArrayList<float[]>();
        var sum = new double[1];
        Evaluation.outputs(a, windows, 8, (outputs, _) -> first.add(outputs));
        int[] index = {0};
        Evaluation.outputs(b, windows, 8, (outputs, _) -> {
            float[] other = first.get(index[0]++);
            for (int i = 0; i < outputs.length; i++) {
                sum[0] += (outputs[i] - other[i]) * (outputs[i] - other[i]);
            }
        });
        return sum[0];
    }

    @Test
    void teacherOutputsAreComputedOnceAndReadBack() throws Exception {
        var windows = new SineWindows(300, 3);
        var shape = new TeacherOutputs.Shape(8, 1, 24);
        Path file = folder.resolve("o.bin");
        try (var teacher = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 24, 1), 0, 5)) {
            TeacherOutputs.open(file, teacher, windows, shape).close();
            var written = Files.getLastModifiedTime(file);
            try (var again = TeacherOutputs.open(file, teacher, windows, shape)) {
                float[] some = new float[2 * 8];
                again.outputs(new int[] {299, 0}, 2, some);
                var all = new ArrayList<float[]>();
                Evaluation.outputs(teacher, windows, 8, (outputs, _) -> all.add(outputs));
                for (int i = 0; i < 8; i++) {
                    assertEquals(all.get(299)[i], some[i]);
                    assertEquals(all.get(0)[i], some[8 + i]);
                }
            }
            assertEquals(written, Files.getLastModifiedTime(file));
            Files.write(file, new byte[12]);
            var error = assertThrows(AdzeException.class, () -> TeacherOutputs.open(file, teacher, windows, shape));
            assertTrue(error.getMessage().contains("instead of"), error.getMessage());
        }
    }
}
