package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Precision;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One streaming step of all layers, by precision, kernel and number of threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StepBenchmark {
    @Param("2x560")
    public String network;

    @Param({"FP32", "FP16", "INT8", "INT4"})
    public Precision precision;

    @Param({"vector", "native"})
    public String kernel;

    /** As in {@link Threads#exactly}; only the native kernel has more than one. */
    @Param("1")
    public int threads;

    private final float[] features = Subject.values(Subject.INPUTS);
    private final float[] output = new float[1];
    private CompiledNetwork compiled;
    private StepRunner runner;

    @Setup
    public void open() {
        compiled = CompiledNetwork.compile(Subject.tensors(network, precision), Subject.kernel(kernel), Threads.exactly(threads));
        runner = compiled.newRunner();
    }

    @TearDown
    public void close() {
        compiled.close();
    }

    @Benchmark
    public float[] step() {
        runner.step(features, 0, output);
        return output;
    }
}
