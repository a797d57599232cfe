package dev.adze.agent.serve;

import dev.adze.agent.serve.Refusal.Why;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one model that is served, as the protocol describes it: input {@code sensors} {@code [series, steps, channels]},
 * output {@code outputs} {@code [series, steps, outputs]} of a streaming model and {@code [series, outputs]} of a window
 * model, both FP32 in physical units.
 */
record ServedModel(Manifest manifest, int mostSteps) {
    static final String INPUT = "sensors";
    static final String OUTPUT = "outputs";
    static final String FP32 = "FP32";
    static final String VERSION = "1";
    static final String PLATFORM = "adze_bundle";
    static final List<String> EXTENSIONS = List.of("sequence", "sequence(string_id)", "binary_tensor_data");

    String name() {
        return manifest.name();
    }

    boolean streams() {
        return manifest.task().mode() == TaskSpec.Mode.STREAM;
    }

    int channels() {
        return manifest.preprocess().channels().size();
    }

    int outputs() {
        return manifest.task().outputs().size();
    }

    String channelNames() {
        return manifest.preprocess().channels().stream().map(c -> c.name() + "[" + c.unit() + "]").collect(Collectors.joining(","));
    }

    String outputNames() {
        return manifest.task().outputs().stream().map(o -> o.name() + "[" + o.unit() + "]").collect(Collectors.joining(","));
    }

    long[] inputShape() {
        return new long[] {-1, -1, channels()};
    }

    long[] outputShape() {
        return streams() ? new long[] {-1, -1, outputs()} : new long[] {-1, outputs()};
    }

    void require(String model, String version) throws Refusal {
        if (!model.equals(name())) {
            throw new Refusal(Why.NOT_FOUND, "there is no model '" + shorten(model) + "' here; it is called '" + name() + "'");
        }
        if (!version.isEmpty() && !version.equals(VERSION)) {
            throw new Refusal(Why.NOT_FOUND, "there is no version '" + shorten(version) + "' of the model; it is '" + VERSION + "'");
        }
    }

    void requireOutput(String output) throws Refusal {
        if (!output.equals(OUTPUT)) {
            throw new Refusal(Why.INVALID, "there is no output '" + shorten(output) + "'; it is called '" + OUTPUT + "'");
        }
    }

    /**
     * A request that fits the model.
     *
     * @param shape {@code [series, steps, channels]}, or {@code [steps, channels]} for one series
     */
    InferRequest request(String id, String tensor, String datatype, long[] shape, float[] values, String sequence, boolean start,
            boolean end) throws Refusal {
        if (!tensor.equals(INPUT)) {
            throw new Refusal(Why.INVALID, "there is no input '" + shorten(tensor) + "'; it is called '" + INPUT + "'");
        }
        if (!datatype.equals(FP32)) {
            throw new Refusal(Why.INVALID, "input '" + INPUT + "' is of datatype " + FP32 + ", not '" + shorten(datatype) + "'");
        }
        if (shape.length < 2 || shape.length > 3 || shape[shape.length - 1] != channels()) {
            throw new Refusal(Why.INVALID, "the shape of '" + INPUT + "' must be [series, steps, " + channels() + "] or [steps, " + channels() + "]");
        }
        long steps = shape[shape.length - 2];
        long series = shape.length == 3 ? shape[0] : 1;
        long mostOfEach = streams() ? mostSteps : manifest.task().windowSteps();
        if (steps < 1 || series < 1 || steps > mostOfEach || series > mostSteps || series * steps > mostSteps) {
            throw new Refusal(Why.INVALID, "a series has 1 to " + mostOfEach + " steps and a request at most " + mostSteps
                    + " steps in all, not " + series + " of " + steps);
        }
        if (values.length != series * steps * channels()) {
            throw new Refusal(Why.INVALID, "the shape of '" + INPUT + "' asks for " + series * steps * channels() + " values, but there are " + values.length);
        }
        if (sequence.isEmpty() && (start || end)) {
            throw new Refusal(Why.INVALID, "sequence_start and sequence_end need a sequence_id other than 0");
        }
        if (!sequence.isEmpty() && series != 1) {
            throw new Refusal(Why.INVALID, "a request of a sequence has one series, not " + series);
        }
        return new InferRequest(id, values, (int) series, (int) steps, sequence, start, end);
    }

    /** Of what somebody sent, for a message. */
    static String shorten(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }
}
