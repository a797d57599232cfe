package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.kernel.CompiledNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * NVIDIA's TensorRT. Needs it and CUDA on the machine and a pack of bindings for its version (docs/backends.md). Engines are
 * built on the device from the bundle the first time, which takes minutes, and kept.
 */
public final class TensorRtBackend implements Backend {
    private final Supplier<TensorRtMachine> machine;
    private final List<Path> packs;
    private final Supplier<TensorRtLibrary> library;
    private final EngineCache cache;
    private final LongSupplier nanoTime;

    /** A pack can be loaded once: its native parts belong to one class loader. */
    private static final class Here {
        static final Object LIBRARY = load();

        private static Object load() {
            try {
                return PackLoader.load(TensorRtMachine.here().pack(), PackLoader.folders());
            } catch (AdzeException e) {
                return e;
            }
        }

        static TensorRtLibrary library() {
            return switch (LIBRARY) {
                case AdzeException e -> throw e;
                case TensorRtLibrary loaded -> loaded;
                default -> throw new IllegalStateException(LIBRARY.toString());
            };
        }
    }

    /** With what this machine has. */
    public TensorRtBackend() {
        this(TensorRtMachine::here, PackLoader.folders(), Here::library, EngineCache.usual(), System::nanoTime);
    }

    /**
     * @param packs   where the bindings must lie
     * @param library loads them, asked for only when nothing stands in the way
     */
    TensorRtBackend(Supplier<TensorRtMachine> machine, List<Path> packs, Supplier<TensorRtLibrary> library, EngineCache cache,
            LongSupplier nanoTime) {
        this.machine = machine;
        this.packs = packs;
        this.library = library;
        this.cache = cache;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return "tensorrt";
    }

    @Override
    public Optional<String> obstacle(ModelSource model) {
        TensorRtMachine found = machine.get();
        return Optional.ofNullable(found.obstacle())
                .or(() -> NetworkGraph.obstacle(model.bundle().manifest().network()))
                .or(() -> PackLoader.obstacle(found.pack(), packs).map(reason -> "TensorRT " + found.version()
                        + " is here, but " + reason));
    }

    @Override
    public String identity(ModelSource model) {
        TensorRtMachine found = machine.get();
        return "TensorRT " + found.version() + ", " + found.device().name() + " sm_" + found.device().capability()
                + ", driver " + found.device().driver();
    }

    @Override
    public CompiledNetwork compile(ModelSource model) {
        TensorRtMachine found = machine.get();
        TensorRtLibrary loaded = library.get();
        var manifest = model.bundle().manifest();
        var engines = new EngineStore(found, loaded, cache, model);
        var trial = new EngineTrial(model, candidate -> TensorRtProgram.open(found.device(), manifest.network(), engines,
                candidate), nanoTime);
        List<Candidate> candidates = Candidate.of(EnginePrecision.worthTrying(manifest.precision(),
                found.device().capability(), loaded.stronglyTyped()), trial.steps());
        var key = new EngineCache.ChoiceKey(identity(model), model.sha256());
        EngineTrial.Chosen chosen = cache.choice(key).flatMap(choice -> candidates.stream()
                .filter(candidate -> candidate.text().equals(choice.candidate())).findFirst()
                .flatMap(candidate -> trial.again(candidate, choice.found()))).orElseGet(() -> {
            EngineTrial.Chosen fresh = trial.fastest(candidates);
            cache.storeChoice(key, fresh.candidate().text(), fresh.found());
            return fresh;
        });
        TensorRtProgram program = chosen.program();
        return CompiledNetwork.hosted(manifest.network(), manifest.precision(), this::name, chosen.found(),
                program::newRunner, program::close);
    }
}
