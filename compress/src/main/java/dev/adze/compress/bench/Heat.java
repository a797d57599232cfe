package dev.adze.compress.bench;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.ReadLimit;
import dev.adze.runtime.model.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * All engines in one mode with one number of threads, in one interleaved run, with loops that read as many bytes as the
 * model has.
 *
 * @param against null or a second model that the other engines compute in fp32 in the same run
 */
record Heat(BenchSpec spec, Workload against, List<Engine> engines, Mode mode, int threads) {
    /** Engines' own threads spin for some milliseconds after a call, in the hope of another. */
    private static final long PAUSE_NANOS = 5_000_000;

    private record Entry(Result.Subject subject, String version, Rounds.Subject timed, double maxError, double leftOut,
            String missing) {}

    List<Result> run() {
        List<Entry> entries = new ArrayList<>();
        List<Contender> open = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            if (threads == 1) {
                engines.stream().map(Engine::precision).distinct().forEach(precision -> addLimit(entries, precision, arena));
            }
            add(entries, open, spec.workload(), engines, threads);
            if (against != null) {
                add(entries, open, against,
                        engines.stream().filter(e -> !e.ours() && e.precision() == Precision.FP32).toList(), threads);
            }
            if (threads > 1) { // so that it shows what the further threads are worth
                add(entries, open, spec.workload(),
                        engines.stream().filter(e -> e.ours() && e.maxThreads() >= threads).toList(), 1);
            }
            List<Entry> runners = entries.stream().filter(entry -> entry.timed != null).toList();
            System.gc();
            List<Samples> samples = new Rounds(System::nanoTime, (long) (spec.seconds() * 1e9),
                    threads == 1 ? 0 : PAUSE_NANOS, spec.seed()).run(runners.stream().map(Entry::timed).toList());
            return entries.stream().map(entry -> new Result(entry.subject, entry.version,
                    entry.timed == null ? null : samples.get(runners.indexOf(entry)), entry.maxError, entry.leftOut, entry.missing)).toList();
        } finally {
            open.forEach(Contender::close);
        }
    }

    private void addLimit(List<Entry> entries, Precision precision, Arena arena) {
        // The limit of a step; a window may keep what it has read, so no number of bytes is its limit.
        if (mode != Mode.STEP) {
            return;
        }
        MemorySegment memory = ReadLimit.memory(spec.workload().tensors(precision).byteSize(), arena);
        for (ReadLimit.Loop loop : ReadLimit.loops()) {
            entries.add(new Entry(new Result.Subject(spec.workload().name(), loop.name(), Result.Subject.LIMIT, false,
                    precision, 1), "", new ReadSubject(loop, memory), Double.NaN, Double.NaN, null));
        }
    }

    private void add(List<Entry> entries, List<Contender> open, Workload workload, List<Engine> takingPart,
            int withThreads) {
        Accuracy accuracy = Accuracy.of(workload);
        for (Engine engine : takingPart.stream().filter(e -> e.maxThreads() >= threads).toList()) {
            var subject = new Result.Subject(workload.name(), engine.name(), engine.id(), engine.ours(), engine.precision(),
                    withThreads);
            try {
                Contender contender = engine.open(workload, mode, withThreads);
                open.add(contender);
                boolean some = engine.precision() == Precision.INT8 && workload.allowsLeavingOut();
                double error = accuracy.maxError(contender, mode);
                entries.add(new Entry(subject, contender.version(), new CallSubject(contender, workload, mode), error,
                        some ? leftOut(contender, workload) : Double.NaN, null));
            } catch (AdzeException e) {
                entries.add(new Entry(subject, "", null, Double.NaN, Double.NaN, e.getMessage()));
            }
        }
    }

    private double leftOut(Contender contender, Workload workload) {
        float[] output = new float[workload.network().outputSize()];
        contender.reset();
        for (float[] input : workload.inputs(mode)) {
            contender.call(input, output);
        }
        double share = contender.leftOut();
        contender.reset();
        return share;
    }

    private static final class ReadSubject implements Rounds.Subject {
        private final ReadLimit.Loop loop;
        private final MemorySegment memory;
        /** Keeps the reads from being left out. */
        private long sum;

        ReadSubject(ReadLimit.Loop loop, MemorySegment memory) {
            this.loop = loop;
            this.memory = memory;
        }

        @Override
        public void prepare() {}

        @Override
        public void call() {
            sum ^= loop.read().applyAsLong(memory);
        }
    }

    private static final class CallSubject implements Rounds.Subject {
        private final Contender contender;
        private final float[][] inputs;
        private final float[] output;
        private int next;

        CallSubject(Contender contender, Workload workload, Mode mode) {
            this.contender = contender;
            inputs = workload.inputs(mode);
            output = new float[workload.network().outputSize()];
        }

        @Override
        public void prepare() {
            contender.prepare();
        }

        @Override
        public void call() {
            contender.call(inputs[next], output);
            next = next + 1 == inputs.length ? 0 : next + 1;
        }
    }
}
