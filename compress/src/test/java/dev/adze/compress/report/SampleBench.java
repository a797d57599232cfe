package dev.adze.compress.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A benchmark with made-up figures of a real one's shape, the same for the same seed; only tests use it. */
final class SampleBench {
    private SampleBench() {}

    static BenchReport of(long seed) {
        Random random = new Random(seed);
        List<BenchReport.Row> rows = new ArrayList<>();
        for (String mode : List.of("streaming step", "50-step window")) {
            double steps = mode.startsWith("50") ? 38 : 1;
            add(rows, random, "adze native", true, "fp32", mode, 231 * steps, 213 * steps, 3e-7);
            add(rows, random, "adze vector", true, "fp32", mode, 262 * steps, 213 * steps, 3e-7);
            add(rows, random, "ONNX Runtime", false, "fp32", mode, 372 * steps, 213 * steps, 4e-7);
            add(rows, random, "TensorFlow Lite", false, "fp32", mode, 431 * steps, 213 * steps, 5e-7);
            add(rows, random, "LibTorch", false, "fp32", mode, 2304 * steps, 213 * steps, 4e-7);
            add(rows, random, "adze native", true, "int8", mode, 58 * steps, 48 * steps, 4e-3);
            add(rows, random, "adze vector", true, "int8", mode, 190 * steps, 48 * steps, 4e-3);
            add(rows, random, "ONNX Runtime", false, "int8", mode, 118 * steps, 48 * steps, 6e-3);
            add(rows, random, "TensorFlow Lite hybrid", false, "int8", mode, 463 * steps, 48 * steps, 5e-3);
            rows.add(new BenchReport.Row("TensorRT", false, "int8", mode, 1, null, null, null, null, null, null, null,
                    null, null,
                    "needs an NVIDIA GPU"));
        }
        return new BenchReport("LSTM step, 3.84 M parameters", "2 × LSTM 560, 32 inputs, one core with AVX2", rows,
                List.of(new BenchReport.Comparison("int8 streaming step: best peer / ours", 2.03, 1.98, 2.1, "≥ 2", true),
                        new BenchReport.Comparison("50-step window: best peer / ours", null, null, null, null, null)),
                List.of(new KeyValue("machine", "AVX2 server core"), new KeyValue("seed", "1")),
                List.of("All engines interleaved in one run on the same weights and inputs."));
    }

    private static void add(List<BenchReport.Row> rows, Random random, String engine, boolean ours, String precision,
            String mode, double p50, double limit, double error) {
        double half = p50 * (0.005 + 0.02 * random.nextDouble());
        rows.add(new BenchReport.Row(engine, ours, precision, mode, 1, p50, p50 - half, p50 + half,
                p50 * (1.1 + 0.2 * random.nextDouble()), null, null, 1000L, limit, error, null));
    }
}
