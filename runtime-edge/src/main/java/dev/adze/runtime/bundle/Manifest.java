package dev.adze.runtime.bundle;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.drift.Baseline;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A bundle's {@code manifest.json}; docs/bundle-format.md is the specification. Its parts fit together: the
 * preprocessing gives as many features as the network takes, the task has one output a network output.
 *
 * @param name       of the model, letters, digits, dot, dash and underscore
 * @param network    architecture
 * @param precisions of the stored weights, layer by layer
 * @param preprocess from raw channels to the network's input
 * @param task       what comes out
 * @param metrics    measured on the held-out part, by name ({@code test.rmse}); names carry their split; finite
 * @param provenance where it comes from: {@code recipe}, {@code recipeSha256}, {@code dataSha256}, {@code seed},
 *                   {@code adzeVersion}, {@code created} (ISO 8601)
 * @param tolerance  largest difference allowed between a golden output and what a device computes
 * @param baseline   what it was trained on, for a device to tell drift from; not in every bundle
 */
public record Manifest(
        String name,
        RecurrentNetwork network,
        LayerPrecisions precisions,
        PreprocessSpec preprocess,
        TaskSpec task,
        SequencedMap<String, Double> metrics,
        SequencedMap<String, String> provenance,
        Tolerance tolerance,
        Optional<Baseline> baseline) {
    /** All layers in one precision, without a baseline. */
    public Manifest(String name, RecurrentNetwork network, Precision precision, PreprocessSpec preprocess, TaskSpec task,
            SequencedMap<String, Double> metrics, SequencedMap<String, String> provenance, Tolerance tolerance) {
        this(name, network, precision, preprocess, task, metrics, provenance, tolerance, Optional.empty());
    }

    /** All layers in one precision. */
    public Manifest(String name, RecurrentNetwork network, Precision precision, PreprocessSpec preprocess, TaskSpec task,
            SequencedMap<String, Double> metrics, SequencedMap<String, String> provenance, Tolerance tolerance,
            Optional<Baseline> baseline) {
        this(name, network, LayerPrecisions.uniform(network, precision), preprocess, task, metrics, provenance, tolerance, baseline);
    }

    /** |actual - golden| must be at most {@code absolute + relative * |golden|}, in the network's (scaled) output units. */
    public record Tolerance(double absolute, double relative) {
        public Tolerance {
            require(Double.isFinite(absolute) && absolute >= 0 && Double.isFinite(relative) && relative >= 0,
                    "tolerance " + absolute + ", " + relative + " must be finite and not negative");
        }
    }

    /** @throws IllegalArgumentException if the parts do not fit together or a value is out of its range */
    public Manifest {
        metrics = new LinkedHashMap<>(metrics);
        require(precisions.equals(LayerPrecisions.of(network, precisions.layers())),
                "layers without recurrent matrices are fp32 where others differ, and else as those");
        provenance = new LinkedHashMap<>(provenance);
        require(name.matches("[A-Za-z0-9._-]{1,100}"),
                "the name may have 1 to 100 letters, digits, dots, dashes and underscores");
        for (Map.Entry<String, Double> metric : metrics.entrySet()) {
            require(Double.isFinite(metric.getValue()), "metric " + metric.getKey() + " is " + metric.getValue());
        }
        require(preprocess.featureCount() == network.inputSize(), "preprocessing gives " + preprocess.featureCount()
                + " features but the network takes " + network.inputSize());
        require(task.outputs().size() == network.outputSize(), "the task has " + task.outputs().size()
                + " outputs but the network gives " + network.outputSize());
        if (task.mode() == TaskSpec.Mode.STREAM) {
            require(network.causal(), "a network with a bidirectional layer or self-attention reads whole windows and cannot be streamed;"
                    + " use task mode window");
            require(!network.pools(), "pooling is over a window; use task mode window");
        }
        Set<String> channelNames = new HashSet<>();
        for (ChannelSpec channel : preprocess.channels()) {
            require(channelNames.add(channel.name()), "channel " + channel.name() + " appears twice");
        }
        require(task.kind() != TaskSpec.Kind.ANOMALY || task.anomaly().isPresent(), "a task of kind anomaly needs task.anomaly");
        baseline.ifPresent(b -> require(b.channels().size() == preprocess.channels().size() && b.outputs().size() == task.outputs().size(),
                "the baseline has " + b.channels().size() + " channels and " + b.outputs().size() + " outputs"));
        for (TaskSpec.OutputSpec output : task.outputs()) {
            output.ahead().ifPresent(ahead -> requireKnown(output.name(), ahead, channelNames, task));
        }
    }

    private static void requireKnown(String output, TaskSpec.Ahead ahead, Set<String> channels, TaskSpec task) {
        require(channels.contains(ahead.channel()), "output " + output + " is a later value of " + ahead.channel()
                + ", which is no input channel");
        int kept = task.mode() == TaskSpec.Mode.STREAM ? 1 : task.windowSteps();
        ahead.reference().ifPresent(reference -> require(reference.oldestLag() < kept, "output " + output
                + " is relative to a value " + reference.oldestLag() + " steps ago, but the newest " + kept + " are kept"));
    }

    /** That of all layers, or {@link Precision#MIXED}. */
    public Precision precision() {
        return precisions.overall();
    }

    /** The text of {@code manifest.json} (docs/bundle-format.md), for files of other formats that carry it along. */
    public String toJson() {
        return new String(ManifestJson.write(this), StandardCharsets.UTF_8);
    }

    /**
     * The manifest that a file of another format carries along.
     *
     * @throws AdzeException BAD_BUNDLE
     */
    public static Manifest fromJson(String json) {
        try {
            return ManifestJson.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (FormatException | IllegalArgumentException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "the file's manifest cannot be read: " + e.getMessage()
                    + "; export the bundle again");
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
