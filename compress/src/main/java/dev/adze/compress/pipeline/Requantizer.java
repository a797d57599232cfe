package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
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
import java.util.Locale;

/** Turns a fp32 bundle into a smaller one without data: weights need none, and activations have fixed or dynamic scales. */
public final class Requantizer {
    private Requantizer() {}

    /**
     * Writes the bundle with golden vectors of its own over the same inputs. The fp32 model's metrics are not its
     * own, so it carries none.
     *
     * @param hold of its LSTM layers ({@link Lstm#hold})
     * @return one line for people: how far its golden outputs are from the fp32 ones
     */
    public static String quantize(Path fp32File, Precision precision, int hold, Path out, String version) {
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
            NetworkTensors quantized = NetworkQuantizer.quantize(new Weights(holding(manifest.network(), hold), tensors), precision);
            double largest = 0;
            try (var reference = CompiledNetwork.compile(quantized, KernelChoice.scalar())) {
                var cases = fp32.goldenCases().stream().map(golden -> GoldenCheck.record(reference, manifest.preprocess(),
                        manifest.task(), golden.steps(), golden.inputs())).toList();
                for (int i = 0; i < cases.size(); i++) {
                    largest = Math.max(largest, distance(cases.get(i), fp32.goldenCases().get(i)));
                }
                var provenance = new LinkedHashMap<>(manifest.provenance());
                provenance.put("quantizedFrom", manifest.name());
                provenance.put("quantizedBy", version);
                new Bundle(new Manifest(manifest.name() + "-" + label, quantized.network(), precision,
                        manifest.preprocess(), manifest.task(), new LinkedHashMap<>(), provenance, manifest.tolerance()),
                        quantized, cases).write(out);
            }
            return String.format(Locale.ROOT, "%s: %s, golden outputs within %.3g of fp32 (scaled units)", out, label, largest);
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
