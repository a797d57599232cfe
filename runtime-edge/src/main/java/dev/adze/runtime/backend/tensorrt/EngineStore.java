package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.ModelSource;
import java.util.Optional;

/** Engines for one model on this device: kept ones, or built now and kept. */
final class EngineStore {
    private final TensorRtMachine machine;
    private final TensorRtLibrary library;
    private final EngineCache cache;
    private final ModelSource model;

    EngineStore(TensorRtMachine machine, TensorRtLibrary library, EngineCache cache, ModelSource model) {
        this.machine = machine;
        this.library = library;
        this.cache = cache;
        this.model = model;
    }

    /** An engine and the graph that it computes. */
    record Loaded(EngineGraph graph, TensorRtLibrary.Engine engine) {}

    /** @throws AdzeException UNAVAILABLE if TensorRT does not build it */
    Loaded open(EngineForm form, int steps, EnginePrecision precision) {
        GraphSource graph = () -> NetworkGraph.of(model.bundle().weights(), form, steps, precision);
        var key = new EngineKey(machine.version(), machine.device().name(), machine.device().capability(),
                machine.device().driver(), model.sha256(), form, steps, precision);
        Optional<byte[]> kept = cache.find(key);
        if (kept.isPresent()) {
            try {
                return new Loaded(graph.get(), library.load(kept.get()));
            } catch (AdzeException e) {
                // TensorRT itself does not want it: built anew.
            }
        }
        EngineGraph built = graph.get();
        TensorRtLibrary.Built result = library.build(built, cache.timings(key));
        cache.store(key, result.plan());
        cache.storeTimings(key, result.timingCache());
        return new Loaded(built, library.load(result.plan()));
    }

    private interface GraphSource {
        EngineGraph get();
    }
}
