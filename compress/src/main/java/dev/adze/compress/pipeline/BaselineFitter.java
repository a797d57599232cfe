package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.drift.Baseline;
import dev.adze.runtime.drift.Distribution;
import dev.adze.runtime.drift.RunLengths;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.ModelSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Sketches the training part for devices to tell drift from: all rows of every channel; the model's outputs at places spread
 * evenly over it.
 */
final class BaselineFitter {
    /** A manifest has room for no more. */
    private static final int MOST_CHANNELS = 400;
    /** That the network computes for its outputs' distribution. */
    private static final int MOST_STEPS = 20_000;
    private static final int LEAST_PLACES = 32;
    private static final int MOST_PLACES = 1_000;

    private BaselineFitter() {}

    /** Empty for a model of so many channels that the manifest has no room for it. */
    static Optional<Baseline> fit(CompiledNetwork network, PreprocessSpec preprocess, TaskSpec task, HeldOut training) {
        int channels = preprocess.channels().size();
        if (channels + task.outputs().size() > MOST_CHANNELS) {
            return Optional.empty();
        }
        var inputs = IntStream.range(0, channels).mapToObj(c -> Distribution.of(column(training, channels, c))).toList();
        var sequences = DoubleStream.builder();
        var gaps = DoubleStream.builder();
        var lengths = new RunLengths((whole, steps) -> (whole ? sequences : gaps).add(steps));
        for (HeldOut.Part part : training.series()) {
            for (int row = part.judgeFrom(); row < part.rows(); row++) {
                lengths.step(whole(part.raw(), row * channels, channels));
            }
            lengths.end();
        }
        return Optional.of(new Baseline(inputs, outputs(network, preprocess, task, training),
                Distribution.of(sequences.build().toArray()), Distribution.of(gaps.build().toArray())));
    }

    private static double[] column(HeldOut training, int channels, int channel) {
        return training.series().stream().flatMapToDouble(part -> IntStream.range(part.judgeFrom(), part.rows())
                .mapToDouble(row -> part.raw()[row * channels + channel])).toArray();
    }

    private static boolean whole(float[] raw, int from, int channels) {
        for (int i = from; i < from + channels; i++) {
            if (!Float.isFinite(raw[i])) {
                return false;
            }
        }
        return true;
    }

    /** Fresh state, a window of steps, one output; at each place. */
    private static List<Distribution> outputs(CompiledNetwork network, PreprocessSpec preprocess, TaskSpec task, HeldOut training) {
        int outputs = task.outputs().size();
        int places = Math.clamp(MOST_STEPS / task.windowSteps(), LEAST_PLACES, MOST_PLACES);
        long rows = training.series().stream().mapToLong(HeldOut.Part::rows).sum();
        var said = new ArrayList<float[]>();
        try (var session = new ModelSession(network, preprocess, task)) {
            long before = 0;
            int place = 0;
            for (HeldOut.Part part : training.series()) {
                for (; place < places && rows * (2L * place + 1) / (2L * places) < before + part.rows(); place++) {
                    int last = (int) (rows * (2L * place + 1) / (2L * places) - before);
                    if (last + 1 >= task.windowSteps()) {
                        said.add(infer(session, task, part, last, preprocess.channels().size(), outputs));
                    }
                }
                before += part.rows();
            }
        }
        return IntStream.range(0, outputs).mapToObj(o -> Distribution.of(said.stream().mapToDouble(s -> s[o]).toArray())).toList();
    }

    private static float[] infer(ModelSession session, TaskSpec task, HeldOut.Part part, int last, int channels, int outputs) {
        float[] output = new float[outputs];
        session.reset();
        for (int row = last + 1 - task.windowSteps(); row <= last; row++) {
            session.preprocess(Arrays.copyOfRange(part.raw(), row * channels, (row + 1) * channels));
            if (task.mode() == TaskSpec.Mode.STREAM || row == last) {
                session.infer(output);
            }
        }
        return output;
    }
}
