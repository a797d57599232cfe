package dev.adze.compress.bench;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.Skipping;
import dev.adze.runtime.model.Precision;
import java.util.ArrayList;
import java.util.List;

/** The engines that can take part, ours first. */
final class Engines {
    /** What {@code --engines} takes. {@code native-tiers} are the native kernel's slower tiers too. */
    static final List<String> IDS = List.of("scalar", "vector", "native", "native-tiers", "onnxruntime", "tflite", "libtorch");
    /** Without {@code --engines}; the scalar kernel is the reference and takes a third of a run's time. */
    static final List<String> DEFAULT_IDS = List.of("vector", "native", "onnxruntime", "tflite", "libtorch");

    /** What peers offer for LSTM layers on a processor. */
    private static final List<Precision> PEER_PRECISIONS = List.of(Precision.FP32, Precision.INT8);

    private Engines() {}

    /** @throws AdzeException USAGE if an id is none of {@link #IDS} */
    static List<Engine> of(List<String> ids) {
        for (String id : ids) {
            if (!IDS.contains(id)) {
                throw new AdzeException(AdzeException.Kind.USAGE, "there is no engine '" + id + "'; the engines are "
                        + String.join(", ", IDS));
            }
        }
        List<Engine> engines = new ArrayList<>();
        if (ids.contains("scalar")) {
            ours(engines, "scalar", KernelChoice.scalar());
        }
        if (ids.contains("vector")) {
            ours(engines, "vector", KernelChoice.vector());
        }
        List<String> tiers = KernelChoice.nativeTiers();
        for (String tier : tiers) {
            if (ids.contains("native-tiers") || ids.contains("native") && tier.equals(tiers.getLast())) {
                ours(engines, "native", KernelChoice.nativeTier(tier));
            }
        }
        for (Precision precision : PEER_PRECISIONS) {
            if (ids.contains("onnxruntime")) {
                engines.add(new OrtEngine(precision));
            }
            if (ids.contains("tflite")) {
                engines.add(new TfliteEngine(precision));
            }
        }
        if (ids.contains("libtorch")) {
            engines.add(new TorchEngine());
        }
        return engines;
    }

    /** Those of our int8 engines that leave products out, again without doing so: what it saves shows beside them. */
    static List<Engine> leavingNothingOut(List<Engine> engines) {
        List<Engine> whole = new ArrayList<>();
        for (Engine engine : engines) {
            if (engine instanceof AdzeEngine own && own.id().equals("native") && own.precision() == Precision.INT8) {
                whole.add(new AdzeEngine(own.id(), own.kernel(), own.precision(), Skipping.NEVER));
            }
        }
        return whole;
    }

    private static void ours(List<Engine> engines, String id, KernelChoice kernel) {
        for (Precision precision : Workload.PRECISIONS) {
            engines.add(new AdzeEngine(id, kernel, precision));
        }
    }
}
