package dev.adze.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath} for arrays: the same operations in the same order, lane by lane. */
final class VectorMath {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final FloatVector P1 = FloatVector.broadcast(F, ScalarMath.P1);
    private static final FloatVector P2 = FloatVector.broadcast(F, ScalarMath.P2);
    private static final FloatVector P3 = FloatVector.broadcast(F, ScalarMath.P3);
    private static final FloatVector P4 = FloatVector.broadcast(F, ScalarMath.P4);
    private static final FloatVector Q1 = FloatVector.broadcast(F, ScalarMath.Q1);
    private static final FloatVector Q2 = FloatVector.broadcast(F, ScalarMath.Q2);
    private static final FloatVector Q3 = FloatVector.broadcast(F, ScalarMath.Q3);
    private static final FloatVector Q4 = FloatVector.broadcast(F, ScalarMath.Q4);
    private static final FloatVector ONE = FloatVector.broadcast(F, 1f);
    private static final FloatVector MINUS_ONE = FloatVector.broadcast(F, -1f);
    private static final FloatVector LIMIT = FloatVector.broadcast(F, ScalarMath.TANH_LIMIT);
    private static final FloatVector MINUS_LIMIT = FloatVector.broadcast(F, -ScalarMath.TANH_LIMIT);

    private VectorMath() {}

    /** {@code to[toStart + j] = tanh(from[fromStart + j])} for j below {@code count}, a multiple of the lanes. */
    static void tanh(float[] from, int fromStart, float[] to, int toStart, int count) {
        for (int j = 0; j < count; j += VectorWidth.LANES) {
            FloatVector x = FloatVector.fromArray(F, from, fromStart + j);
            FloatVector y = x.mul(x);
            FloatVector p = P4.fma(y, P3).fma(y, P2).fma(y, P1).fma(y, ONE);
            FloatVector q = Q4.fma(y, Q3).fma(y, Q2).fma(y, Q1).fma(y, ONE);
            FloatVector r = x.mul(p).div(q);
            r = r.blend(ONE, x.compare(GT, LIMIT));
            r = r.blend(MINUS_ONE, x.compare(LT, MINUS_LIMIT));
            r.intoArray(to, toStart + j);
        }
    }
}
