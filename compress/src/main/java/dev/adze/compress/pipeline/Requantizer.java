package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.compress.quantize.BlockPruner;
import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.calibrate.LatencyTableFile;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.session.GoldenCheck;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Turns a fp32 bundle into a smaller one without data: weights need none, and activations have fixed or dynamic scales. */
public final class Requantizer {
    /**
     * What becomes of a bundle.
     *
     * @param hold  of its LSTM layers ({@link Lstm#hold})
     * @param prune share of the layers' blocks that become zero first ({@link BlockPruner})
     * @param mixture for {@link Precision#MIXED} only
     * @param holds   finds thresholds for every layer, in place of {@code hold}
     */
    public record Form(Precision precision, int hold, double prune, Optional<Mixture> mixture, Optional<Holds> holds) {}

    /** Judges networks on the validation part of a recipe. */
    public interface Validation {
        double error(NetworkTensors tensors);

        /** Share of the multiply-accumulates whose digits stand still, for networks with thresholds ({@link Lstm#hold}). */
        double still(NetworkTensors tensors);
    }

    /**
     * How a delta threshold is found for every layer.
     *
     * @param loss  share that the validation error may rise by
     * @param judge for the bundle's manifest
     * @param lines told to people
     */
    public record Holds(double loss, Function<Manifest, Validation> judge, Consumer<String> lines) {}

    /**
     * How a precision is chosen for every layer.
     *
     * @param bytes   budget of all tensors; 0 for any
     * @param micros  budget of a step's 99th percentile; 0 for any
     * @param table   that tells step times; null without {@code micros}
     * @param judge   gives the error on the validation part, for the bundle's manifest
     * @param lines   told to people
     */
    public record Mixture(long bytes, double micros, Path table, Function<Manifest, Validation> judge,
            Consumer<String> lines) {}

    private static final List<Precision> CHOICES = List.of(Precision.FP32, Precision.FP16, Precision.INT8, Precision.INT4);

    private Requantizer() {}

    /**
     * Writes the bundle with golden vectors of its own over the same inputs. The fp32 model's metrics are not its
     * own: it carries how far its golden outputs are from the fp32 ones ({@code golden.largest-difference}, scaled units)
     * and, with a held-out part, its figures there ({@code test.…}) beside the fp32 model's ({@code fp32.test.…}).
     *
     * @param heldOut gives the held-out part for the manifest, if there is one
     * @return one line for people: how far its golden outputs are from the fp32 ones, and what it loses
     */
    public static String quantize(Path fp32File, Form form, Optional<Function<Manifest, HeldOut>> heldOut, Path out,
            String version) {
        Precision precision = form.precision();
        String label = precision.name().toLowerCase(Locale.ROOT);
        try (Arena arena = Arena.ofConfined()) {
            Bundle fp32 = BundleReader.read(fp32File, arena);
            Manifest manifest = fp32.manifest();
            if (manifest.precision() != Precision.FP32) {
                throw new AdzeException(AdzeException.Kind.USAGE, fp32File + " is "
                        + manifest.precision().name().toLowerCase(Locale.ROOT) + " already: give the fp32 bundle");
            }
            var tensors = new LinkedHashMap<String, float[]>();
            fp32.weights().tensors().forEach((name, tensor) -> tensors.put(name, tensor.toFloats()));
            Weights weights = BlockPruner.prune(new Weights(holding(manifest.network(), form.hold()), tensors), form.prune());
            NetworkTensors quantized = form.mixture().map(mixture -> mixed(weights, mixture, manifest))
                    .orElseGet(() -> holding(NetworkQuantizer.quantize(weights, precision), form.holds(), manifest));
            double largest = 0;
            try (var reference = CompiledNetwork.compile(quantized, KernelChoice.scalar())) {
                var cases = fp32.goldenCases().stream().map(golden -> GoldenCheck.record(reference, manifest.preprocess(),
                        manifest.task(), golden.steps(), golden.inputs())).toList();
                for (int i = 0; i < cases.size(); i++) {
                    largest = Math.max(largest, distance(cases.get(i), fp32.goldenCases().get(i)));
                }
                var metrics = new LinkedHashMap<String, Double>();
                metrics.put("golden.largest-difference", largest);
                String loss = heldOut.map(source -> judge(source.apply(manifest), fp32, quantized, metrics)).orElse("");
                var provenance = new LinkedHashMap<>(manifest.provenance());
                provenance.put("quantizedFrom", manifest.name());
                provenance.put("quantizedBy", version);
                if (form.prune() > 0) {
                    provenance.put("prunedBlocks", Double.toString(form.prune()));
                }
                new Bundle(new Manifest(manifest.name() + "-" + label, quantized.network(), quantized.precisions(),
                        manifest.preprocess(), manifest.task(), metrics, provenance, manifest.tolerance(), manifest.baseline()),
                        quantized, cases).write(out);
                return String.format(Locale.ROOT, "%s: %s, golden outputs within %.3g of fp32 (scaled units)%s", out,
                        quantized.precisions().describe(),
                        largest, loss);
            }
        }
    }

    private static NetworkTensors holding(NetworkTensors stored, Optional<Holds> holds, Manifest manifest) {
        return holds.map(h -> new HoldChoice(stored, h.loss(), h.judge().apply(manifest), h.lines()).choose()).orElse(stored);
    }

    private static NetworkTensors mixed(Weights weights, Mixture mixture, Manifest manifest) {
        var whole = new LinkedHashMap<Precision, NetworkTensors>();
        for (Precision precision : CHOICES) {
            whole.put(precision, NetworkQuantizer.quantize(weights, precision));
        }
        var budget = new MixedChoice.Budget(mixture.bytes(), mixture.micros(), Optional.ofNullable(mixture.table()).map(LatencyTableFile::read));
        return new MixedChoice(whole, CHOICES, budget, mixture.judge().apply(manifest)::error, mixture.lines()).choose();
    }

    /** Adds both models' figures on the held-out part to the metrics. @return what to tell of them */
    private static String judge(HeldOut heldOut, Bundle fp32, NetworkTensors quantized, SequencedMap<String, Double> metrics) {
        Judgement own = judge(heldOut, fp32.manifest(), quantized);
        Judgement before = judge(heldOut, fp32.manifest(), fp32.weights());
        metrics.putAll(own.all());
        before.all().forEach((name, value) -> metrics.put("fp32." + name, value));
        return String.format(Locale.ROOT, "; on the held-out part %s %.4g against %.4g", own.main().name(),
                own.main().value(), before.main().value());
    }

    private static Judgement judge(HeldOut heldOut, Manifest manifest, NetworkTensors tensors) {
        try (var network = CompiledNetwork.compile(tensors)) {
            return Judgement.of(manifest.task(), manifest.preprocess(), Evaluator.run(network, manifest.preprocess(), manifest.task(),
                    heldOut), heldOut.lastOnly() ? 1 : manifest.task().windowSteps());
        }
    }

    private static RecurrentNetwork holding(RecurrentNetwork network, int hold) {
        return new RecurrentNetwork(network.inputSize(), network.layers().stream().map(layer -> layer instanceof Lstm lstm
                ? new Lstm(lstm.inputSize(), lstm.hiddenSize(), hold) : layer).toList());
    }

    private static double distance(GoldenCase a, GoldenCase b) {
        double largest = 0;
        for (int i = 0; i < a.outputs().length; i++) {
            largest = Math.max(largest, Math.abs((double) a.outputs()[i] - b.outputs()[i]));
        }
        return largest;
    }
}
