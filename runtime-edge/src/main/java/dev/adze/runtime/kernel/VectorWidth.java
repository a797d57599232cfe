package dev.adze.runtime.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one vector width of this process. A constant, so that the compiler sees constant species everywhere; a species
 * that it cannot see as constant would cost an allocation per operation.
 */
final class VectorWidth {
    /** 128, 256 or 512: what the processor prefers, or what {@link KernelChoice#VECTOR_BITS_PROPERTY} asks for. */
    static final int BITS = Integer.getInteger(KernelChoice.VECTOR_BITS_PROPERTY, preferredBits());

    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShape.forBitSize(BITS));
    /** Float or int lanes. */
    static final int LANES = BITS / 32;

    private VectorWidth() {}

    /** At most 512, the width of a block; below 128 if the processor has no vectors that Java can use. */
    static int preferredBits() {
        return Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    }
}
