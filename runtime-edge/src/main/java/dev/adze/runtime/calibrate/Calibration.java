package dev.adze.runtime.calibrate;

import dev.adze.runtime.calibrate.LatencyTable.Cell;
import dev.adze.runtime.calibrate.LatencyTable.Check;
import dev.adze.runtime.calibrate.LatencyTable.Entry;
import dev.adze.runtime.calibrate.LatencyTable.Prediction;
import dev.adze.runtime.doctor.Machine;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.session.Session;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Measures a {@link LatencyTable} on this machine, as busy as it is, with the kernel that a bundle would get here: steps of
 * batch 1 on one thread.
 *
 * @param cells         to measure
 * @param precisions    to measure
 * @param largestInput  grid of inputs: 1, 8, 32, 128, … up to this
 * @param largestHidden grid of hidden units: likewise
 * @param secondsEach   of measuring, a third of it before for warming up; at least {@value #LEAST_STEPS} steps are measured
 */
public record Calibration(List<Cell> cells, List<Precision> precisions, int largestInput, int largestHidden, double secondsEach) {
    static final int LEAST_STEPS = 1_000;
    private static final int MOST_STEPS = 200_000;

    public Calibration {
        cells = List.copyOf(cells);
        precisions = List.copyOf(precisions);
    }

    /** How many networks {@link #run} measures. */
    public int points() {
        return cells.size() * precisions.size() * (sizes(largestInput).length * sizes(largestHidden).length + 1);
    }

    /** @param progress told the number of the point that is measured next, from 1 */
    public LatencyTable run(Consumer<Integer> progress) {
        var entries = new ArrayList<Entry>();
        int point = 0;
        KernelChoice kernel = KernelChoice.best();
        for (Cell cell : cells) {
            for (Precision precision : precisions) {
                for (int input : sizes(largestInput)) {
                    for (int hidden : sizes(largestHidden)) {
                        progress.accept(++point);
                        Prediction time = time(new RecurrentNetwork(input, List.of(layer(cell, input, hidden))), precision, kernel);
                        entries.add(new Entry(cell, precision, input, hidden, time.p50Micros(), time.p99Micros()));
                    }
                }
            }
        }
        var table = new LatencyTable(Machine.here().processor(), kernel.name(), 1,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), entries, List.of());
        var checks = new ArrayList<Check>();
        for (Cell cell : cells) {
            for (Precision precision : precisions) {
                progress.accept(++point);
                int hidden = Math.max(1, largestHidden * 3 / 5);
                int input = Math.max(1, largestInput * 3 / 5);
                var network = new RecurrentNetwork(input, List.of(layer(cell, input, hidden), layer(cell, hidden, hidden)));
                checks.add(new Check(String.format(Locale.ROOT, "%d inputs, 2 x %s %d", input, cell, hidden), precision,
                        table.predict(network, precision).p50Micros(), time(network, precision, kernel).p50Micros()));
            }
        }
        return new LatencyTable(table.device(), table.kernel(), table.threads(), table.measured(), entries, checks);
    }

    /** 1, 8, 32, 128, 512 …, and the largest itself. */
    static int[] sizes(int largest) {
        return IntStream.concat(IntStream.concat(IntStream.of(1), IntStream.iterate(8, s -> s < largest, s -> 4 * s)),
                IntStream.of(largest)).distinct().toArray();
    }

    private static Layer layer(Cell cell, int input, int hidden) {
        return switch (cell) {
            case LSTM -> new Lstm(input, hidden);
            case GRU -> new Gru(input, hidden);
        };
    }

    private Prediction time(RecurrentNetwork network, Precision precision, KernelChoice kernel) {
        var random = new Random(1);
        float[][] inputs = new float[16][network.inputSize()];
        for (float[] input : inputs) {
            for (int i = 0; i < input.length; i++) {
                input[i] = (float) random.nextGaussian();
            }
        }
        float[] output = new float[network.outputSize()];
        try (var compiled = CompiledNetwork.compile(RandomTensors.of(network, precision), kernel); var session = new Session(compiled)) {
            long begin = System.nanoTime();
            long nanos = (long) (1e9 * secondsEach);
            for (int i = 0; i < LEAST_STEPS || System.nanoTime() - begin < nanos / 3; i++) {
                session.infer(inputs[i % inputs.length], output);
            }
            long[] taken = new long[MOST_STEPS];
            int steps = 0;
            begin = System.nanoTime();
            while (steps < LEAST_STEPS || steps < MOST_STEPS && System.nanoTime() - begin < nanos * 2 / 3) {
                long start = System.nanoTime();
                session.infer(inputs[steps % inputs.length], output);
                taken[steps++] = System.nanoTime() - start;
            }
            Arrays.sort(taken, 0, steps);
            // A clock that stands still over a tiny layer's step must not make it free.
            double p50 = Math.max(1, taken[steps / 2]) / 1e3;
            return new Prediction(p50, Math.max(p50, taken[(int) (steps * 0.99)] / 1e3));
        }
    }
}
