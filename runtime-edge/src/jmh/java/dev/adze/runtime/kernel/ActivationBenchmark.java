package dev.adze.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** tanh and sigmoid, a value; beside them the JDK's tanh in double precision. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ActivationBenchmark {
    private static final int COUNT = 4096;

    @Param({"scalar", "vector", "native", "jdk"})
    public String kernel;

    private final float[] x = Subject.values(COUNT);
    private final float[] y = new float[COUNT];
    private int tier;

    @Setup
    public void open() {
        tier = kernel.equals("native") ? NativeLibrary.handles().tiers().indexOf(KernelChoice.nativeTiers().getLast()) : -1;
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public float[] tanh() {
        switch (kernel) {
            case "native" -> NativeCalls.tanh(tier, MemorySegment.ofArray(x), MemorySegment.ofArray(y), COUNT);
            case "vector" -> VectorMath.tanh(x, 0, y, 0, COUNT);
            case "scalar" -> {
                for (int i = 0; i < COUNT; i++) {
                    y[i] = ScalarMath.tanh(x[i]);
                }
            }
            default -> {
                for (int i = 0; i < COUNT; i++) {
                    y[i] = (float) Math.tanh(x[i]);
                }
            }
        }
        return y;
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public float[] sigmoid() {
        System.arraycopy(x, 0, y, 0, COUNT); // the Java kernels work in place
        switch (kernel) {
            case "native" -> NativeCalls.sigmoid(tier, MemorySegment.ofArray(x), MemorySegment.ofArray(y), COUNT);
            case "vector" -> Activations.VECTOR.sigmoid(y, 0, COUNT);
            case "scalar" -> Activations.SCALAR.sigmoid(y, 0, COUNT);
            default -> {
                for (int i = 0; i < COUNT; i++) {
                    y[i] = (float) (1 / (1 + Math.exp(-x[i])));
                }
            }
        }
        return y;
    }
}
