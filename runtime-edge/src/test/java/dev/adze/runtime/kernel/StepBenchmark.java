package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How far the native tiers' steps are from the limit, which is the time to read the packed weights and do nothing else.
 * Made for a busy machine: the contenders take turns, step by step, on the same memory; what counts is the median over
 * the rounds of the ratio within a round.
 *
 * <pre>
 *   StepBenchmark [rounds [hiddenLayers hiddenSize inputSize [tier...]]]      default: 2000 2 560 32, all but generic
 * </pre>
 */
public final class StepBenchmark {
    private StepBenchmark() {}

    private record Contender(String name, Runnable before, Runnable work, double[] micros) {
        void run(int round) {
            before.run();
            work.run(); // so that each finds the caches as it leaves them itself
            long start = System.nanoTime();
            work.run();
            micros[round] = (System.nanoTime() - start) * 1e-3;
        }
    }

    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        int layers = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        int hidden = args.length > 2 ? Integer.parseInt(args[2]) : 560;
        int inputs = args.length > 3 ? Integer.parseInt(args[3]) : 32;
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(inputs, layers, hidden, 1);
        Weights weights = RandomNetworks.weights(network, new Random(1));
        System.out.printf(Locale.ROOT, "%d x %d hidden, %d inputs, %d rounds%n", layers, hidden, inputs, rounds);
        List<String> tiers = args.length > 4 ? List.of(args).subList(4, args.length)
                : KernelChoice.nativeTiers().stream().filter(tier -> !tier.equals("generic")).toList();
        for (Precision precision : RandomNetworks.PRECISIONS) {
            measure(precision.name().toLowerCase(Locale.ROOT), RandomNetworks.tensors(weights, precision), tiers, rounds);
        }
    }

    private static void measure(String precision, NetworkTensors tensors, List<String> asked, int rounds) {
        List<String> tiers = NativeLibrary.handles().tiers();
        try (var arena = Arena.ofShared()) {
            NativeProgram program = new NativeCompiler(tensors, arena).compile(tiers.size() - 1);
            MemorySegment weights = program.weights();
            float[] features = new float[tensors.network().inputSize()];
            float[] output = new float[tensors.network().outputSize()];
            Arrays.fill(features, 0.5f);
            List<Contender> contenders = new ArrayList<>();
            int fastest = tiers.indexOf(KernelChoice.nativeTiers().getLast());
            for (int prefetch : new int[] {0, 1024, 4096}) {
                contenders.add(new Contender("read, prefetch " + prefetch, () -> {},
                        () -> sink ^= NativeCalls.read(fastest, weights, prefetch), new double[rounds]));
            }
            for (String name : asked) {
                // All tiers read the same packed weights.
                int tier = tiers.indexOf(name);
                Runnable select = () -> NativePlan.header(program.plan(), "tier", tier);
                select.run();
                StepRunner runner = program.newRunner();
                contenders.add(new Contender("step, " + name, select, () -> runner.step(features, 0, output),
                        new double[rounds]));
            }
            for (int round = -rounds / 2; round < rounds; round++) {
                for (Contender contender : contenders) {
                    contender.run(Math.max(round, 0));
                }
            }
            report(precision + ", " + weights.byteSize() + " bytes", contenders, rounds);
        }
    }

    /** Keeps the reads from being left out. */
    private static long sink;

    private static void report(String what, List<Contender> contenders, int rounds) {
        System.out.println(what);
        double[] ratio = new double[rounds];
        Contender best = contenders.getFirst();
        for (Contender contender : contenders.subList(0, 3)) {
            best = quantile(contender.micros, 0.5) < quantile(best.micros, 0.5) ? contender : best;
        }
        for (Contender contender : contenders) {
            for (int i = 0; i < rounds; i++) {
                ratio[i] = contender.micros[i] / best.micros[i];
            }
            System.out.printf(Locale.ROOT, "  %-20s p10 %8.1f  median %8.1f us   to the best read: median %.3f%n",
                    contender.name, quantile(contender.micros, 0.1), quantile(contender.micros, 0.5), quantile(ratio, 0.5));
        }
    }

    private static double quantile(double[] values, double q) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (q * (sorted.length - 1))];
    }
}
