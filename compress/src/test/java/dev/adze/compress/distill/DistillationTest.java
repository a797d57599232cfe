package dev.adze.compress.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.dataset.JoinedWindows;
import dev.adze.compress.train.Augmentation;
import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.FeatureLayout;
import dev.adze.compress.train.QuietListener;
import dev.adze.compress.train.SineWindows;
import dev.adze.compress.train.Specs;
import dev.adze.compress.train.Torch;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.TrainSpec;
import dev.adze.compress.train.Trainer;
import dev.adze.compress.train.TrainingListener;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistillationTest {
    private static final TrainSpec SPEC = Specs.of(20, 0.01, 20, 0, 0, Augmentation.NONE);

    private static final Evaluation.Rows OUTPUTS = new TeacherView(8, 1, 0, 0, 0)::rows;

    @TempDir
    Path folder;

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static final TrainingListener QUIET = new QuietListener(-1);

    /** The teacher is untrained, so only its outputs, not the task's targets, can make the student agree with it. */
    @Test
    void withAlphaOneTheStudentFollowsTheTeacherAndNotTheTargets() {
        followsTheTeacher(new DistillSpec(1, -1, 1, -1, 0.1, 0, 0, 1, List.of(), DistillSpec.Init.RANDOM));
    }

    @Test
    void itAlsoDoesWithHintsOfCellAndAttention() {
        followsTheTeacher(new DistillSpec(1, -1, 1, -1, 0.05, 0.05, 0.05, 1, List.of(), DistillSpec.Init.RANDOM));
    }

    private void followsTheTeacher(DistillSpec spec) {
        var windows = new SineWindows(320, 3);
        var view = DistillationObjective.view(spec, 8, 1, 24, windows.windowSteps());
        try (var teacher = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 24, 1), 0, 5);
                var student = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 8, 1), 0, 6);
                var outputs = TeacherOutputs.open(folder.resolve("outputs.bin"), List.of(teacher), windows, view);
                var objective = new DistillationObjective(spec, SPEC, outputs, 8)) {
            double before = distance(teacher, student, windows);
            new Trainer(student, windows, windows, new FeatureLayout(2, 1), SPEC, objective, 1, folder.resolve("c.pt"), QUIET).run();
            double after = distance(teacher, student, windows);
            assertTrue(after < before / 5, "distance to the teacher was " + before + ", is " + after);
        }
    }

    private static double distance(TorchNetwork a, TorchNetwork b, SineWindows windows) {
        var first = new ArrayList<float[]>();
        var sum = new double[1];
        Evaluation.rows(List.of(a), windows, OUTPUTS, first::add);
        int[] index = {0};
        Evaluation.rows(List.of(b), windows, OUTPUTS, outputs -> {
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
        var view = new TeacherView(8, 1, 24, 24, 12);
        Path file = folder.resolve("o.bin");
        try (var teacher = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 24, 1), 0, 5)) {
            TeacherOutputs.open(file, List.of(teacher), windows, view).close();
            var written = Files.getLastModifiedTime(file);
            try (var again = TeacherOutputs.open(file, List.of(teacher), windows, view)) {
                float[] some = new float[2 * 8];
                again.gather(new int[] {299, 0}, 2, 0, 8, some);
                var all = new ArrayList<float[]>();
                Evaluation.rows(List.of(teacher), windows, OUTPUTS, all::add);
                for (int i = 0; i < 8; i++) {
                    assertEquals(all.get(299)[i], some[i]);
                    assertEquals(all.get(0)[i], some[8 + i]);
                }
            }
            assertEquals(written, Files.getLastModifiedTime(file));
            Files.write(file, new byte[12]);
            var error = assertThrows(AdzeException.class, () -> TeacherOutputs.open(file, List.of(teacher), windows, view));
            assertTrue(error.getMessage().contains("instead of"), error.getMessage());
        }
    }

    /** The mean of a network with itself is that network; with another it lies half-way. */
    @Test
    void anEnsemblesOutputsAreTheMeanOfItsMembers() {
        var windows = new SineWindows(20, 3);
        try (var one = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 6, 1), 0, 5);
                var two = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 6, 1), 0, 6)) {
            var first = new ArrayList<float[]>();
            var second = new ArrayList<float[]>();
            var both = new ArrayList<float[]>();
            Evaluation.rows(List.of(one), windows, OUTPUTS, first::add);
            Evaluation.rows(List.of(two), windows, OUTPUTS, second::add);
            Evaluation.rows(List.of(one, two), windows, OUTPUTS, both::add);
            for (int w = 0; w < 20; w++) {
                for (int i = 0; i < 8; i++) {
                    assertEquals((first.get(w)[i] + second.get(w)[i]) / 2, both.get(w)[i], 1e-6);
                }
            }
        }
    }

    /** Units that nothing reads are cut first, and a network without them computes the same. */
    @Test
    void aStudentCutFromATeacherWithIdleUnitsComputesTheSame() {
        var windows = new SineWindows(20, 3);
        var big = RecurrentNetwork.stackedLstm(2, 2, 12, 1);
        var small = RecurrentNetwork.stackedLstm(2, 2, 8, 1);
        try (var teacher = new TorchNetwork(big, 0, 5); var student = new TorchNetwork(small, 0, 6)) {
            var weights = teacher.weights();
            for (int unit : new int[] {0, 3, 4, 11}) {
                silence(weights.tensors().get("layers.0.weight_hh"), 12, unit);
                silence(weights.tensors().get("layers.1.weight_ih"), 12, unit);
                silence(weights.tensors().get("layers.1.weight_hh"), 12, unit);
                silence(weights.tensors().get("layers.2.weight"), 12, unit);
            }
            teacher.load(weights);
            for (DistillSpec.Init init : List.of(DistillSpec.Init.TEACHER, DistillSpec.Init.SVD)) {
                student.load(TeacherSlices.cut(init, weights, student.weights()));
                assertEquals(0, distance(teacher, student, windows), 1e-9, init.toString());
            }
        }
        try (var teacher = new TorchNetwork(big, 0, 5);
                var wide = new TorchNetwork(RecurrentNetwork.stackedLstm(2, 1, 13, 1), 0, 6)) {
            var error = assertThrows(AdzeException.class, () -> TeacherSlices.cut(DistillSpec.Init.TEACHER, teacher.weights(), wide.weights()));
            assertTrue(error.getMessage().contains("13 units"), error.getMessage());
        }
    }

    /** Of two units that are read alike, importance keeps both if they are read strongly; leverage prefers another direction. */
    @Test
    void leverageKeepsUnitsThatSpanWhatIsRead() {
        var network = RecurrentNetwork.stackedLstm(2, 1, 3, 1);
        try (var teacher = new TorchNetwork(network, 0, 5)) {
            var weights = teacher.weights();
            float[] recurrent = weights.tensors().get("layers.0.weight_hh");
            for (int row = 0; row < 12; row++) { // columns 0 and 1 alike, column 2 weaker and at right angles to them
                recurrent[3 * row] = row % 2;
                recurrent[3 * row + 1] = 1.1f * (row % 2);
                recurrent[3 * row + 2] = 0.5f * (1 - row % 2);
            }
            java.util.Arrays.fill(weights.tensors().get("layers.1.weight"), 0);
            double[] importance = TeacherSlices.importance(weights, 0);
            assertTrue(importance[1] > importance[0] && importance[0] > importance[2], java.util.Arrays.toString(importance));
            double[] leverage = TeacherSlices.leverage(weights, 0, 2);
            assertEquals(1 / 2.21, leverage[0], 1e-6); // the shared direction is (1, 1.1) / sqrt(2.21)
            assertEquals(1.21 / 2.21, leverage[1], 1e-6);
            assertEquals(1, leverage[2], 1e-6);
        }
    }

    private static RecurrentNetwork with(Layer layer) {
        return new RecurrentNetwork(2, List.of(layer, new Dense(layer.outputSize(), 1, Dense.Activation.IDENTITY)));
    }

    /** Half of the distance is lost at least, also to a teacher that reads what lies ahead and so cannot be met. */
    @Test
    void anLstmTeachesOtherCellsAndABidirectionalOneTeachesACausalStudent() {
        var windows = new SineWindows(320, 3);
        var lstm = with(new Lstm(2, 16));
        var both = with(new Bidirectional(new Lstm(2, 8), new Lstm(2, 8)));
        var spec = new DistillSpec(1, -1, 1, -1, 0.05, 0, 0.05, 1, List.of(), DistillSpec.Init.RANDOM);
        var pairs = List.of(List.of(lstm, with(new Gru(2, 10))), List.of(lstm, with(new MinimalGate(2, 12))),
                List.of(lstm, with(new ProjectedLstm(2, 14, 6))), List.of(both, with(new Lstm(2, 12))));
        for (int i = 0; i < pairs.size(); i++) {
            var view = DistillationObjective.view(spec, 8, 1, 16, windows.windowSteps());
            var studentNetwork = pairs.get(i).getLast();
            assertTrue(studentNetwork.causal());
            try (var teacher = new TorchNetwork(pairs.get(i).getFirst(), 0, 5); var student = new TorchNetwork(studentNetwork, 0, 6);
                    var outputs = TeacherOutputs.open(folder.resolve("outputs" + i), List.of(teacher), windows, view);
                    var objective = new DistillationObjective(spec, SPEC, outputs, studentNetwork.layers().getFirst().outputSize())) {
                double before = distance(teacher, student, windows);
                new Trainer(student, windows, windows, new FeatureLayout(2, 1), SPEC, objective, 1, folder.resolve("c" + i), QUIET).run();
                double after = distance(teacher, student, windows);
                assertTrue(after < before / 2, studentNetwork + ": distance to the teacher was " + before + ", is " + after);
            }
        }
    }

    /** Windows without targets count through the teacher's outputs alone, and change what the task's own loss sees by nothing. */
    @Test
    void windowsWithoutTargetsTeachThroughTheTeacherAlone() {
        var labelled = new SineWindows(32, 3);
        var joined = new JoinedWindows(labelled, new WithoutTargets(new SineWindows(320, 9)));
        assertEquals(352, joined.size());
        float[] features = new float[2 * 12 * 2];
        float[] targets = new float[2 * 12];
        joined.fill(new int[] {351, 31}, 2, features, targets);
        assertTrue(Float.isNaN(targets[0]) && !Float.isNaN(targets[12]));
        var spec = new DistillSpec(0.5, -1, 1, -1, 0, 0, 0, 1, List.of("more.csv"), DistillSpec.Init.RANDOM);
        var held = new SineWindows(200, 17);
        double[] distances = new double[2];
        for (int i = 0; i < 2; i++) {
            Windows windows = i == 0 ? labelled : joined;
            TrainSpec train = i == 0 ? Specs.of(110, 0.01, 999, 0, 0, Augmentation.NONE) : Specs.of(10, 0.01, 999, 0, 0, Augmentation.NONE);
            try (var teacher = new TorchNetwork(with(new Lstm(2, 16)), 0, 5); var student = new TorchNetwork(with(new Lstm(2, 8)), 0, 6);
                    var outputs = TeacherOutputs.open(folder.resolve("some" + i), List.of(teacher), windows, new TeacherView(8, 1, 0, 0, 0));
                    var objective = new DistillationObjective(spec, train, outputs, 8)) {
                new Trainer(student, windows, held, new FeatureLayout(2, 1), train, objective, 1, folder.resolve("d" + i), QUIET).run();
                distances[i] = distance(teacher, student, held);
            }
        }
        assertTrue(distances[1] < distances[0], "as many steps on 32 windows: " + distances[0] + ", with unlabelled ones " + distances[1]);
        var refused = assertThrows(AdzeException.class,
                () -> new DistillSpec(0, -1, 1, -1, 0.1, 0, 0, 1, List.of("more.csv"), DistillSpec.Init.RANDOM));
        assertTrue(refused.getMessage().contains("alpha above 0"), refused.getMessage());
    }

    private record WithoutTargets(Windows all) implements Windows {
        @Override
        public int size() {
            return all.size();
        }

        @Override
        public int windowSteps() {
            return all.windowSteps();
        }

        @Override
        public int featureCount() {
            return all.featureCount();
        }

        @Override
        public int targetCount() {
            return all.targetCount();
        }

        @Override
        public void fill(int[] indices, int count, float[] features, float[] targets) {
            all.fill(indices, count, features, targets);
            java.util.Arrays.fill(targets, Float.NaN);
        }
    }

    private static void silence(float[] matrix, int columns, int column) {
        for (int at = column; at < matrix.length; at += columns) {
            matrix[at] = 0;
        }
    }
}
