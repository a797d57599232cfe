package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Precision;
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
import org.openjdk.jmh.annotations.TearDown;

/** A window of 50 steps from zero state: step by step, as one, and one of six at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WindowBenchmark {
    private static final int STEPS = 50;
    private static final int BATCH = 6;

    @Param("2x560")
    public String network;

    @Param({"FP32", "FP16", "INT8", "INT4"})
    public Precision precision;

    @Param("native")
    public String kernel;

    private final float[] features = Subject.values(BATCH * STEPS * Subject.INPUTS);
    private final float[] outputs = new float[BATCH];
    private CompiledNetwork compiled;
    private StepRunner runner;

    @Setup
    public void open() {
        compiled = CompiledNetwork.compile(Subject.tensors(network, precision), Subject.kernel(kernel));
        runner = compiled.newRunner();
    }

    @TearDown
    public void close() {
        compiled.close();
    }

    @Benchmark
    public float[] stepByStep() {
        runner.reset();
        for (int t = 0; t < STEPS; t++) {
            runner.step(features, t * Subject.INPUTS, outputs);
        }
        return outputs;
    }

    @Benchmark
    public float[] window() {
        runner.window(features, Subject.INPUTS, STEPS, 0, STEPS, outputs);
        return outputs;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public float[] ofSix() {
        runner.windows(features, Subject.INPUTS, STEPS, BATCH, outputs, 1);
        return outputs;
    }
}
