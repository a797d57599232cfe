package dev.adze.runtime.bundle;

import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;

/**
 * The contents of a bundle, checked as far as that goes without computing.
 *
 * @param manifest    what the model is
 * @param weights     its tensors; of a bundle that was read, they lie in the mapped file
 * @param goldenCases at least one
 */
public record Bundle(Manifest manifest, NetworkTensors weights, List<GoldenCase> goldenCases) {
    static final int MAX_GOLDEN_CASES = 1_000;

    /** @throws IllegalArgumentException if the parts do not fit together */
    public Bundle {
        goldenCases = List.copyOf(goldenCases);
        require(weights.network().equals(manifest.network()), "the weights are of another network");
        require(weights.precisions().equals(manifest.precisions()), "the weights are not of the manifest's precision");
        require(!goldenCases.isEmpty() && goldenCases.size() <= MAX_GOLDEN_CASES,
                goldenCases.size() + " golden cases; 1 to " + MAX_GOLDEN_CASES + " are needed");
        int channels = manifest.preprocess().channels().size();
        int outputs = manifest.network().outputSize();
        for (GoldenCase golden : goldenCases) {
            long expectedOutputs = switch (manifest.task().mode()) {
                case STREAM -> (long) golden.steps() * outputs;
                case WINDOW -> outputs;
            };
            require(golden.inputs().length == (long) golden.steps() * channels
                            && golden.outputs().length == expectedOutputs,
                    "golden case " + goldenCases.indexOf(golden) + " does not fit the model");
            for (float output : golden.outputs()) {
                require(Float.isFinite(output), "golden case " + goldenCases.indexOf(golden) + " has the output " + output);
            }
        }
    }

    /** Reads and checks a bundle; see {@link BundleReader}. */
    public static Bundle read(Path file, Arena arena) {
        return BundleReader.read(file, arena);
    }

    /** Writes a bundle; see {@link BundleWriter}. */
    public void write(Path file) {
        BundleWriter.write(this, file);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
