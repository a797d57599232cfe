package dev.adze.agent.serve;

import dev.adze.agent.serve.Refusal.Why;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Takes requests up to a bound and computes them on one thread, which owns all sessions. Requests for windows that wait
 * together are computed together (dynamic batching). Every request is answered once: with the outputs or a refusal;
 * {@link Counts} add up.
 */
final class InferenceQueue implements AutoCloseable {
    private static final long SWEEP_NANOS = 1_000_000_000L;

    /** Who is told the answer; on the computing thread, so it must not wait. */
    interface Answered {
        void answer(InferAnswer answer);

        void refuse(Refusal refusal);
    }

    /**
     * @param most         requests that wait or are computed
     * @param batchWindows that are computed together at most
     * @param batchNanos   that a window waits for others at most
     * @param sequences    that are kept at once
     * @param idleNanos    after which a sequence that nobody went on with is forgotten
     */
    record Limits(int most, int batchWindows, long batchNanos, int sequences, long idleNanos) {}

    /** Asked = answered + overloaded + refused + those under way. */
    record Counts(long asked, long answered, long overloaded, long refused, int underWay, int sequences, long forgottenSequences,
            long batches, long windows) {}

    private record Waiting(InferRequest request, Answered answered, long sinceNanos) {}

    private static final class Sequence {
        private final ModelSession session;
        private long usedNanos;

        Sequence(ModelSession session) {
            this.session = session;
        }
    }

    private final EdgeModel model;
    private final ServedModel served;
    private final Limits limits;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Map<String, Sequence> sequences = new LinkedHashMap<>(16, 0.75f, true);
    private final Thread thread = new Thread(this::work, "serve");
    private ModelSession scratch;
    private long sweptNanos;
    private boolean closed;
    private long asked;
    private long answeredCount;
    private long overloaded;
    private long refused;
    private int underWay;
    private int sequenceCount;
    private long forgotten;
    private long batches;
    private long windows;

    InferenceQueue(EdgeModel model, ServedModel served, Limits limits, LongSupplier nanoTime) {
        this.model = model;
        this.served = served;
        this.limits = limits;
        this.nanoTime = nanoTime;
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes the request, or refuses it at once. */
    void submit(InferRequest request, Answered answered) {
        Refusal refusal;
        lock.lock();
        try {
            asked++;
            if (!closed && underWay < limits.most()) {
                underWay++;
                waiting.add(new Waiting(request, answered, nanoTime.getAsLong()));
                changed.signal();
                return;
            }
            refusal = closed ? new Refusal(Why.STOPPING, "the server is stopping") : new Refusal(Why.OVERLOADED,
                    "more than " + limits.most() + " requests are under way; ask again later");
            if (closed) {
                refused++;
            } else {
                overloaded++;
            }
        } finally {
            lock.unlock();
        }
        answered.refuse(refusal);
    }

    /** Counts a request that could not be read or does not fit the model, and so never came here. */
    void refusedUnread() {
        lock.lock();
        try {
            asked++;
            refused++;
        } finally {
            lock.unlock();
        }
    }

    Counts counts() {
        lock.lock();
        try {
            return new Counts(asked, answeredCount, overloaded, refused, underWay, sequenceCount, forgotten, batches, windows);
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try (ModelSession own = model.newModelSession()) {
            scratch = own;
            List<Waiting> batch;
            while (!(batch = next()).isEmpty()) {
                compute(batch);
                sweep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The oldest request, and with a window those that can be computed with it; none after the end. */
    private List<Waiting> next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty()) {
                if (closed) {
                    return List.of();
                }
                changed.await(SWEEP_NANOS, TimeUnit.NANOSECONDS);
                if (waiting.isEmpty()) {
                    sweepLocked();
                }
            }
            var batch = new ArrayList<Waiting>();
            batch.add(waiting.poll());
            InferRequest first = batch.getFirst().request();
            if (served.streams() || !first.sequence().isEmpty()) {
                return batch;
            }
            long due = batch.getFirst().sinceNanos() + limits.batchNanos();
            int filled = first.series();
            while (true) {
                while (!waiting.isEmpty() && fits(first, waiting.peek().request(), filled)) {
                    filled += waiting.peek().request().series();
                    batch.add(waiting.poll());
                }
                long left = due - nanoTime.getAsLong();
                if (filled >= limits.batchWindows() || !waiting.isEmpty() || closed || left <= 0) {
                    return batch;
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(InferRequest first, InferRequest next, int filled) {
        return next.sequence().isEmpty() && next.steps() == first.steps() && filled + next.series() <= limits.batchWindows();
    }

    private void compute(List<Waiting> batch) {
        List<InferAnswer> answers = null;
        Refusal refusal = null;
        try {
            InferRequest first = batch.getFirst().request();
            answers = first.sequence().isEmpty() ? served.streams() ? List.of(streams(first)) : windows(batch) : List.of(sequence(first));
        } catch (Refusal e) {
            refusal = e;
        } catch (RuntimeException | LinkageError e) {
            refusal = new Refusal(Why.FAILED, "the model failed: " + ServedModel.shorten(String.valueOf(e.getMessage())));
        }
        lock.lock();
        try {
            underWay -= batch.size();
            answeredCount += refusal == null ? batch.size() : 0;
            refused += refusal == null ? 0 : batch.size();
            sequenceCount = sequences.size();
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < batch.size(); i++) {
            try {
                if (refusal == null) {
                    batch.get(i).answered().answer(answers.get(i));
                } else {
                    batch.get(i).answered().refuse(refusal);
                }
            } catch (RuntimeException e) {
                // Whoever asked is gone; the others are not to suffer from it.
            }
        }
    }

    private InferAnswer streams(InferRequest request) {
        float[] values = new float[request.series() * request.steps() * served.outputs()];
        for (int i = 0; i < request.series(); i++) {
            scratch.reset();
            steps(scratch, request, i, values);
        }
        return new InferAnswer(values, new long[] {request.series(), request.steps(), served.outputs()});
    }

    private void steps(ModelSession session, InferRequest request, int series, float[] values) {
        float[] raw = new float[served.channels()];
        float[] outputs = new float[served.outputs()];
        for (int t = 0; t < request.steps(); t++) {
            int row = series * request.steps() + t;
            System.arraycopy(request.values(), row * raw.length, raw, 0, raw.length);
            session.preprocess(raw);
            session.infer(outputs);
            System.arraycopy(outputs, 0, values, row * outputs.length, outputs.length);
        }
    }

    private List<InferAnswer> windows(List<Waiting> batch) {
        int steps = batch.getFirst().request().steps();
        int count = batch.stream().mapToInt(w -> w.request().series()).sum();
        float[] raw = new float[count * steps * served.channels()];
        float[] values = new float[count * served.outputs()];
        int at = 0;
        for (Waiting w : batch) {
            System.arraycopy(w.request().values(), 0, raw, at, w.request().values().length);
            at += w.request().values().length;
        }
        scratch.inferWindows(raw, steps, count, values);
        var answers = new ArrayList<InferAnswer>();
        at = 0;
        for (Waiting w : batch) {
            int length = w.request().series() * served.outputs();
            answers.add(new InferAnswer(java.util.Arrays.copyOfRange(values, at, at + length), new long[] {w.request().series(), served.outputs()}));
            at += length;
        }
        lock.lock();
        try {
            batches++;
            windows += count;
        } finally {
            lock.unlock();
        }
        return answers;
    }

    private InferAnswer sequence(InferRequest request) throws Refusal {
        Sequence sequence = sequences.get(request.sequence());
        if (request.sequenceStart()) {
            if (sequence == null && sequences.size() >= limits.sequences()) {
                throw new Refusal(Why.OVERLOADED, "more than " + limits.sequences() + " sequences are open; end some with sequence_end");
            }
            if (sequence == null) {
                sequence = new Sequence(model.newModelSession());
                sequences.put(request.sequence(), sequence);
            }
            sequence.session.reset();
        } else if (sequence == null) {
            throw new Refusal(Why.INVALID, "there is no sequence '" + ServedModel.shorten(request.sequence())
                    + "': it ended, or was idle too long; begin it with sequence_start");
        }
        sequence.usedNanos = nanoTime.getAsLong();
        float[] values = new float[request.steps() * served.outputs()];
        steps(sequence.session, request, 0, values);
        if (request.sequenceEnd()) {
            sequences.remove(request.sequence()).session.close();
        }
        if (served.streams()) {
            return new InferAnswer(values, new long[] {1, request.steps(), served.outputs()});
        }
        float[] last = java.util.Arrays.copyOfRange(values, values.length - served.outputs(), values.length);
        return new InferAnswer(last, new long[] {1, served.outputs()});
    }

    private void sweep() {
        if (nanoTime.getAsLong() - sweptNanos >= SWEEP_NANOS) {
            lock.lock();
            try {
                sweepLocked();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Forgets sequences that were idle too long: the least recently used come first. */
    private void sweepLocked() {
        sweptNanos = nanoTime.getAsLong();
        var oldest = sequences.values().iterator();
        while (oldest.hasNext()) {
            Sequence sequence = oldest.next();
            if (sweptNanos - sequence.usedNanos < limits.idleNanos()) {
                break;
            }
            sequence.session.close();
            oldest.remove();
            forgotten++;
        }
        sequenceCount = sequences.size();
    }

    /** Answers what waits, and takes nothing more. */
    @Override
    public void close() throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.join();
    }
}
