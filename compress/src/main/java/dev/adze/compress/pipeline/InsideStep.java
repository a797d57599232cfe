package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.GateTrace;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.report.GateActivity;
import dev.adze.compress.report.Histograms;
import dev.adze.compress.report.Inside;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.Preprocessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Looks inside the student: its weights by gate, before and after quantization, and its gates on held-out sequences. */
record InsideStep(Prepared data) {
    private static final List<String> GATES = List.of("i", "f", "g", "o");
    private static final int BINS = 61;
    /** A picture tells no more units apart. */
    private static final int BANDS = 24;
    private static final int MOST_SEQUENCES = 16;
    private static final int STREAMED_STEPS = 128;
    /** Multiply-accumulates spent on tracing: two seconds or so. */
    private static final long MOST_WORK = 2_000_000_000;

    /** @param features {@code [steps, features]} */
    private record Sequence(String series, float[] features, int steps) {}

    /** Null where the student does not start with a plain LSTM layer, the only kind that is traced. */
    Inside run(JudgedStage fp32, JudgedStage last) {
        Weights stored = last.tensors().toWeights();
        int layers = GateTrace.layers(stored);
        List<Sequence> sequences = layers == 0 ? List.of() : sequences(stored);
        if (sequences.isEmpty()) {
            return null;
        }
        var weights = new ArrayList<Histograms>();
        Weights before = fp32.tensors().toWeights();
        for (int layer = 0; layer < layers; layer++) {
            if (layer < GateTrace.layers(before)) {
                weights.add(weights(fp32.name(), before, layer));
            }
            if (last != fp32) {
                weights.add(weights(last.name(), stored, layer));
            }
        }
        List<List<GateTrace>> traces = sequences.stream().map(s -> GateTrace.of(stored, s.features())).toList();
        int chosen = IntStream.range(0, traces.size()).boxed()
                .max((a, b) -> Double.compare(moved(traces.get(a).getLast()), moved(traces.get(b).getLast()))).orElseThrow();
        var activations = new ArrayList<Histograms>();
        var activity = new ArrayList<GateActivity>();
        for (int l = 0; l < layers; l++) {
            int layer = l;
            List<GateTrace> of = traces.stream().map(trace -> trace.get(layer)).toList();
            activations.add(activations("the gates", of, GATES));
            activations.add(activations("the state", of, List.of("cell", "hidden")));
            activity.add(activity(traces.get(chosen).get(layer), sequences.get(chosen)));
        }
        int steps = sequences.stream().mapToInt(Sequence::steps).sum();
        return new Inside("Weights of both matrices by gate. Gates and state are of " + last.name() + " as stored, in double"
                + " precision, on " + sequences.size() + " held-out sequences of " + steps + " steps together, each from zero"
                + " state; the sequence that is drawn over time is the one in which hidden values move most.",
                weights, activations, activity);
    }

    private static Histograms weights(String stage, Weights weights, int layer) {
        int hidden = ((Lstm) weights.network().layers().get(layer)).hiddenSize();
        var byGate = new LinkedHashMap<String, double[]>();
        for (int gate = 0; gate < GATES.size(); gate++) {
            byGate.put(GATES.get(gate), DoubleStream.concat(rows(weights.get(layer, "weight_ih"), gate, hidden),
                    rows(weights.get(layer, "weight_hh"), gate, hidden)).toArray());
        }
        return Histograms.of("Weights of " + name(layer, hidden) + ", " + stage, "", BINS, byGate);
    }

    /** The rows of one gate of a matrix {@code [4 * hidden, columns]}. */
    private static DoubleStream rows(float[] matrix, int gate, int hidden) {
        int block = matrix.length / GATES.size();
        return IntStream.range(gate * block, (gate + 1) * block).mapToDouble(at -> matrix[at]);
    }

    private static Histograms activations(String what, List<GateTrace> traces, List<String> signals) {
        var values = new LinkedHashMap<String, double[]>();
        signals.forEach(signal -> values.put(signal,
                traces.stream().flatMapToDouble(trace -> Arrays.stream(trace.signal(signal))).toArray()));
        return Histograms.of("Values of " + what + " of " + name(traces.getFirst().layer(), traces.getFirst().units()), "",
                BINS, values);
    }

    private static GateActivity activity(GateTrace trace, Sequence sequence) {
        return new GateActivity(name(trace.layer(), trace.units()), sequence.steps() + " steps of series " + sequence.series(),
                GateTrace.SIGNALS.stream().map(signal -> GateActivity.Signal.of(signal, trace.signal(signal), trace.units(),
                        signal.equals("hidden") ? BANDS : 0)).toList());
    }

    private static String name(int layer, int units) {
        return "layer " + layer + " (LSTM " + units + ")";
    }

    private static double moved(GateTrace trace) {
        double[] hidden = trace.signal("hidden");
        return IntStream.range(trace.units(), hidden.length).mapToDouble(at -> Math.abs(hidden[at] - hidden[at - trace.units()]))
                .sum() / Math.max(1, hidden.length);
    }

    /** Windows that end at judged rows, spread evenly over the held-out part; a streaming model gets longer ones. */
    private List<Sequence> sequences(Weights weights) {
        int steps = data.task().mode() == TaskSpec.Mode.WINDOW ? data.task().windowSteps() : STREAMED_STEPS;
        long work = Math.max(1, weights.network().multiplyAccumulates()) * steps;
        int wanted = (int) Math.clamp(MOST_WORK / work, 1, MOST_SEQUENCES);
        List<HeldOut.Part> parts = data.heldOut().series().stream().filter(part -> part.rows() > part.judgeFrom()).toList();
        var sequences = new ArrayList<Sequence>();
        for (int i = 0; i < wanted && !parts.isEmpty(); i++) {
            if (parts.size() >= wanted) {
                HeldOut.Part part = parts.get((int) ((long) parts.size() * i / wanted));
                sequences.add(sequence(part, part.rows(), steps));
            } else {
                HeldOut.Part part = parts.get(i % parts.size());
                int judged = part.rows() - part.judgeFrom();
                sequences.add(sequence(part, part.judgeFrom() + (int) Math.max(1, (long) judged * (i + 1) / wanted), steps));
            }
        }
        return sequences;
    }

    /** The steps before row {@code end}, preprocessed with all that came before them. */
    private Sequence sequence(HeldOut.Part part, int end, int wanted) {
        var preprocessor = new Preprocessor(data.preprocess());
        int channels = data.preprocess().channels().size();
        int width = data.preprocess().featureCount();
        int steps = Math.min(wanted, end);
        float[] features = new float[steps * width];
        for (int row = 0; row < end; row++) {
            preprocessor.apply(part.raw(), row * channels, features, Math.max(0, row - (end - steps)) * width);
        }
        return new Sequence(part.name(), features, steps);
    }
}
