package dev.adze.agent.report;

import dev.adze.agent.text.DecimalText;
import java.nio.ByteBuffer;

/**
 * Hands lines of text from the decision loop to a writer thread: bounded, and never blocks the loop for longer than a
 * copy. When the writer is stuck (a full pipe, a dead disk) lines are dropped whole, and counted. Allocates nothing.
 */
final class LineQueue {
    private ByteBuffer filling;
    private ByteBuffer emptying;
    private long dropped;
    private boolean closed;

    LineQueue(int bytes) {
        filling = ByteBuffer.allocateDirect(bytes);
        emptying = ByteBuffer.allocateDirect(bytes);
    }

    /** Takes over the line, which is empty afterwards; from any thread. */
    synchronized void offer(DecimalText line) {
        if (closed || line.length() > filling.remaining()) {
            dropped++;
            line.clear();
            return;
        }
        line.writeTo(filling);
        notifyAll();
    }

    /**
     * Waits for lines and gives all there are, or null once the queue is closed and empty. The buffer is the writer's
     * until it calls again.
     */
    synchronized ByteBuffer take() throws InterruptedException {
        while (filling.position() == 0) {
            if (closed) {
                return null;
            }
            wait();
        }
        ByteBuffer full = filling.flip();
        filling = emptying.clear();
        emptying = full;
        return full;
    }

    /** Lines that found no room. */
    synchronized long dropped() {
        return dropped;
    }

    synchronized void countDropped(long lines) {
        dropped += lines;
    }

    /** No more lines; those that are in are still given out. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
