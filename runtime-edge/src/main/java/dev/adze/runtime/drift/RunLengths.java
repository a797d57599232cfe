package dev.adze.runtime.drift;

/** Lengths of runs of whole steps and of steps in which something is missing. Allocates nothing. */
public final class RunLengths {
    /** Is told of every run that has ended. */
    public interface Ended {
        void run(boolean whole, long steps);
    }

    private final Ended ended;
    private boolean whole;
    private long steps;

    public RunLengths(Ended ended) {
        this.ended = ended;
    }

    /** @param whole whether every channel was measured in this step */
    public void step(boolean whole) {
        steps(whole, 1);
    }

    /** So many steps of one kind. */
    public void steps(boolean whole, long count) {
        if (count == 0) {
            return;
        }
        if (steps > 0 && whole != this.whole) {
            end();
        }
        this.whole = whole;
        steps += count;
    }

    /** Ends the run in hand: a series is over. */
    public void end() {
        if (steps > 0) {
            ended.run(whole, steps);
        }
        steps = 0;
    }
}
