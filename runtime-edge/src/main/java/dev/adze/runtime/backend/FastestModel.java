package dev.adze.runtime.backend;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.doctor.Machine;
import dev.adze.runtime.latency.Percentile;
import dev.adze.runtime.session.EdgeModel;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A bundle on the engine that is fastest here: every engine present runs the golden vectors, those that disagree beyond
 * the bundle's tolerance are dropped, the rest are timed, and the one with the smallest wanted percentile serves, the next
 * standing by in case it breaks.
 */
public final class FastestModel implements AutoCloseable {
    private final EdgeModel model;
    private final BackendTable table;
    private final boolean remembered;
    private final Arena mapping;

    private FastestModel(EdgeModel model, BackendTable table, boolean remembered, Arena mapping) {
        this.model = model;
        this.table = table;
        this.remembered = remembered;
        this.mapping = mapping;
    }

    /**
     * How to choose.
     *
     * @param percentile of the time of a call that is to be small
     * @param cache      folder that remembers measured tables; empty for none
     * @param backends   to choose from, see {@link Backends#all}
     * @param notes      is told one line when an engine breaks and another takes over
     * @param nanoTime   clock
     */
    public record Choice(Percentile percentile, Optional<Path> cache, List<Backend> backends, Consumer<String> notes,
            LongSupplier nanoTime) {
        /** All engines, by p99. */
        public static Choice auto(Optional<Path> cache, Consumer<String> notes) {
            return new Choice(Percentile.P99, cache, Backends.all(), notes, System::nanoTime);
        }
    }

    /**
     * @throws AdzeException NOT_FOUND, BAD_BUNDLE, MISMATCH if no engine gives the golden vectors, CANNOT_WRITE for a cache
     *                       that takes nothing
     */
    public static FastestModel open(Path file, Choice choice) {
        Arena mapping = Arena.ofShared();
        try {
            Bundle bundle = BundleReader.read(file, mapping);
            ModelSource source = ModelSource.of(file, bundle);
            Optional<BackendCache> cache = choice.cache().map(BackendCache::new);
            String key = key(source, choice);
            Optional<BackendTable> known = cache.flatMap(c -> c.find(key));
            BackendTable table = known.orElseGet(() ->
                    new BackendTrial(source, choice.percentile(), choice.nanoTime()).run(choice.backends()));
            if (table.ranking().isEmpty()) {
                throw new AdzeException(AdzeException.Kind.MISMATCH, file.getFileName() + ": no engine of this machine gives"
                        + " the golden vectors (" + String.join("; ", table.describe()) + "); export the bundle again");
            }
            if (known.isEmpty()) {
                cache.ifPresent(c -> c.store(key, table));
            }
            EdgeModel model = EdgeModel.hosting(file.getFileName().toString(), bundle, FailoverNetwork.compile(source,
                    ranked(choice.backends(), table), reason(table), choice.notes()));
            return new FastestModel(model, table, known.isPresent(), mapping);
        } catch (RuntimeException | Error e) {
            mapping.close();
            throw e;
        }
    }

    private static List<Backend> ranked(List<Backend> backends, BackendTable table) {
        Map<String, Backend> byName = new LinkedHashMap<>();
        backends.forEach(backend -> byName.put(backend.name(), backend));
        return table.ranking().stream().map(byName::get).toList();
    }

    private static String reason(BackendTable table) {
        return "fastest by " + table.percentile().label() + " of " + table.ranking().size() + " that agree";
    }

    /** All that a measurement depends on. */
    private static String key(ModelSource source, Choice choice) {
        var parts = new ArrayList<String>();
        parts.add(source.sha256());
        parts.add(choice.percentile().label());
        parts.add(Machine.here().processor());
        parts.add(System.getProperty("java.vm.version", ""));
        for (Backend backend : choice.backends()) {
            parts.add(backend.name() + "=" + backend.obstacle(source).orElseGet(() -> identity(backend, source)));
        }
        return String.join("\n", parts);
    }

    private static String identity(Backend backend, ModelSource source) {
        try {
            return backend.identity(source);
        } catch (RuntimeException | LinkageError e) {
            return "broken: " + BackendTrial.reason(e); // the trial says so, too
        }
    }

    public EdgeModel model() {
        return model;
    }

    public BackendTable table() {
        return table;
    }

    /** Whether the table was measured before. */
    public boolean remembered() {
        return remembered;
    }

    @Override
    public void close() {
        model.close();
        mapping.close();
    }
}
