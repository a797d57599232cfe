package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/** The limit of {@link StepBenchmark}: reading as many bytes as a network's packed weights have, and nothing else. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReadBenchmark {
    @Param("2x560")
    public String network;

    @Param({"FP32", "FP16", "INT8", "INT4"})
    public Precision precision;

    /** Of {@link ReadLimit#loops}, by number; the last is that with prefetches, where there is a native library. */
    @Param({"0", "1", "2"})
    public int loop;

    private final Arena arena = Arena.ofShared();
    private MemorySegment memory;
    private ReadLimit.Loop read;

    @Setup
    public void open() {
        try (Arena packing = Arena.ofShared()) {
            int tier = NativeLibrary.handles().tiers().indexOf(KernelChoice.nativeTiers().getLast());
            long bytes = new NativeCompiler(Subject.tensors(network, precision), packing).compile(tier).weights().byteSize();
            memory = ReadLimit.memory(bytes, arena);
        }
        read = ReadLimit.loops().get(loop);
    }

    @TearDown
    public void close() {
        arena.close();
    }

    @Benchmark
    public long read() {
        return read.read().applyAsLong(memory);
    }
}
