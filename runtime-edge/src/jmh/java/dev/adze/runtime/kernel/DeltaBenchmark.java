package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.List;
import java.util.Random;
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

/** Steps of the int8 student with delta updates, over inputs that wander slowly. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DeltaBenchmark {
    private static final int ROWS = 4096;

    @Param({"0", "1", "2", "4", "8"})
    public int hold;

    private final float[] features = new float[ROWS * Subject.INPUTS];
    private final float[] output = new float[1];
    private CompiledNetwork compiled;
    private StepRunner runner;
    private int row;

    @Setup
    public void open() {
        RecurrentNetwork network = new RecurrentNetwork(Subject.INPUTS, List.of(new Lstm(Subject.INPUTS, 560, hold),
                new Lstm(560, 560, hold), new Dense(560, 1, Dense.Activation.IDENTITY)));
        compiled = CompiledNetwork.compile(
                RandomNetworks.tensors(RandomNetworks.weights(network, new Random(1)), Precision.INT8));
        runner = compiled.newRunner();
        Random random = new Random(2);
        for (int i = Subject.INPUTS; i < features.length; i++) {
            features[i] = 0.99f * features[i - Subject.INPUTS] + 0.05f * (float) random.nextGaussian();
        }
    }

    @TearDown
    public void close() {
        compiled.close();
    }

    @Benchmark
    public float[] step() {
        row = (row + 1) % ROWS;
        runner.step(features, row * Subject.INPUTS, output);
        return output;
    }
}
