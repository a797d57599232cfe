package dev.adze.agent.forward;

import dev.adze.agent.text.DecimalText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands reports from the decision loop to the log's writer: bounded, and never blocks the loop for longer than a copy.
 * When the writer is stuck (a dead disk) reports are dropped whole, and counted. Offering allocates nothing.
 */
final class ForwardQueue {
    private static final int FRAME_BYTES = 1 + Long.BYTES + Integer.BYTES;

    private ByteBuffer filling;
    private ByteBuffer emptying;
    private long dropped;
    private boolean closed;

    ForwardQueue(int bytes) {
        filling = ByteBuffer.allocateDirect(bytes);
        emptying = ByteBuffer.allocateDirect(bytes);
    }

    /** Takes over the text, which is empty afterwards; from any thread. */
    synchronized void offer(byte kind, long epochMillis, DecimalText text) {
        if (begin(kind, epochMillis, text.length())) {
            text.writeTo(filling);
        } else {
            text.clear();
        }
        notifyAll();
    }

    private boolean begin(byte kind, long epochMillis, int length) {
        if (closed || FRAME_BYTES + length > filling.remaining()) {
            dropped++;
            return false;
        }
        filling.put(kind).putLong(epochMillis).putInt(length);
        return true;
    }

    /** Waits for reports, at most so long; then for more of them, unless the queue is closed. */
    synchronized void await(long idleMillis, long gatherMillis) throws InterruptedException {
        if (filling.position() == 0 && !closed) {
            wait(idleMillis);
        }
        long end = System.nanoTime() + gatherMillis * 1_000_000;
        long left;
        while (filling.position() > 0 && filling.position() < filling.capacity() / 2 && !closed
                && (left = (end - System.nanoTime()) / 1_000_000) > 0) {
            wait(left);
        }
    }

    /** All there are. */
    List<Report> take() {
        ByteBuffer full;
        synchronized (this) {
            full = filling.flip();
            filling = emptying.clear();
            emptying = full;
        }
        List<Report> reports = new ArrayList<>();
        while (full.hasRemaining()) {
            byte kind = full.get();
            long epochMillis = full.getLong();
            byte[] payload = new byte[full.getInt()];
            full.get(payload);
            reports.add(new Report(kind, epochMillis, payload));
        }
        return reports;
    }

    /** Reports that found no room since the last call. */
    synchronized long takeDropped() {
        long count = dropped;
        dropped = 0;
        return count;
    }

    /** No more reports; those that are in are still given out. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
