package dev.adze.runtime.backend;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.CompiledNetwork;
import java.util.Optional;

/**
 * An engine that can run a bundle's network step by step. Further ones are found by {@link java.util.ServiceLoader}; their
 * libraries may be missing, so an implementation must load without them.
 */
public interface Backend {
    /** Short, for tables and options: {@code vector-512}, {@code tflite}. */
    String name();

    /**
     * Why this engine cannot be tried for a model on this machine, in one clause; empty if it can. Must not load a native
     * library before it is sure that the library will load.
     */
    Optional<String> obstacle(ModelSource model);

    /** Version of the engine and of what it would run; a measurement holds for equal identities. Only without obstacle. */
    String identity(ModelSource model);

    /**
     * The network on this engine. Its runners give finite outputs or throw.
     *
     * @throws AdzeException if it does not work after all
     */
    CompiledNetwork compile(ModelSource model);
}
