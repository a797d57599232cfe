package dev.adze.runtime.kernel;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Activations to int8 digits, a value: real-valued inputs to two, hidden values to one (requantization). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DigitsBenchmark {
    private static final int COUNT = 560;

    private final float[] inputs = Subject.values(COUNT);
    private final float[] hidden = Subject.values(COUNT);
    private final int[] high = new int[COUNT];
    private final int[] low = new int[COUNT];

    public DigitsBenchmark() {
        Activations.SCALAR.tanh(hidden, 0, COUNT);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public float quantizeInputs() {
        return Digits.split(inputs, COUNT, high, low);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public int[] requantizeHidden() {
        for (int k = 0; k < COUNT; k++) {
            high[k] = Digits.ofHidden(hidden[k]);
        }
        return high;
    }
}
