package dev.adze.runtime.model;

import java.util.List;

/** Name and row-major shape of one trained tensor. */
public record TensorSpec(String name, List<Integer> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }

    static TensorSpec of(String name, Integer... shape) {
        return new TensorSpec(name, List.of(shape));
    }

    /** The same tensor of a part of a layer: {@code part.name}. */
    TensorSpec under(String part) {
        return new TensorSpec(part + "." + name, shape);
    }

    public long elementCount() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
}
