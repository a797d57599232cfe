package dev.adze.compress.train;

import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** A layer of a network in LibTorch. */
interface TorchPart extends AutoCloseable {
    /** {@code x [batch, steps, inputs]} to {@code [batch, steps, outputs]}. */
    Tensor forward(Tensor x, Pass pass);

    /** Trained tensors by the names of {@link dev.adze.runtime.model.Layer#tensors}, in that order; shared, not copies. */
    SequencedMap<String, Tensor> parameters();

    /** Of a layer that simulates the device's integers, by the names of {@link #parameters}; their steps are trained too. */
    default Map<String, QuantizedMatrix> matrices() {
        return Map.of();
    }

    /** Whether such a layer meets the device's bits, which costs time, or trains, which only needs to be near. */
    default void exact(boolean exact) {}

    /** Frees what is not a parameter. */
    @Override
    default void close() {}
}
