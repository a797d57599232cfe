package dev.adze.runtime.backend.tensorrt;

/**
 * TensorRT of one version: what a pack implements, in a class loader of its own. All methods throw
 * {@link dev.adze.runtime.AdzeException} UNAVAILABLE with TensorRT's own words when it refuses. For one thread at a time,
 * with the GPU's context current.
 */
public interface TensorRtLibrary {
    /** Class that a pack's jar has, with a public constructor without parameters. */
    String IMPLEMENTATION = "dev.adze.tensorrt.Pack";

    /** Whether networks are strongly typed; else TensorRT is held to the types by constraints on every layer. */
    boolean stronglyTyped();

    /**
     * Builds an engine for the GPU at hand; takes seconds to minutes.
     *
     * @param timingCache what {@link Built#timingCache} of an earlier build of the same version and GPU gave, or empty
     */
    Built build(EngineGraph graph, byte[] timingCache);

    /** @param plan of {@link Built#plan} of the same version and GPU, trusted */
    Engine load(byte[] plan);

    record Built(byte[] plan, byte[] timingCache) {}

    interface Engine extends AutoCloseable {
        /** One series' use of the engine. */
        Context newContext();

        /** After all its contexts. */
        @Override
        void close();
    }

    interface Context extends AutoCloseable {
        /** Names GPU memory, aligned to 256 bytes, for an input or output. All are to be named before {@link #enqueue}. */
        void bind(String port, long address);

        /** Puts the engine's work into a stream; returns at once. */
        void enqueue(long stream);

        @Override
        void close();
    }
}
