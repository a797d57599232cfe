package dev.adze.compress.bench;

import dev.adze.runtime.model.Precision;

/** A way to compute an LSTM network that takes part in the benchmark. */
interface Engine {
    /** For people: {@code adze native-avx2}, {@code ONNX Runtime}. */
    String name();

    /** What {@code --engines} calls it: {@code native}, {@code onnxruntime}. */
    String id();

    boolean ours();

    Precision precision();

    /** The most threads it can put to use; more are not measured. */
    int maxThreads();

    /**
     * Loads the network.
     *
     * @throws dev.adze.runtime.AdzeException UNAVAILABLE if this machine or this network does not allow it
     */
    Contender open(Workload workload, Mode mode, int threads);
}
