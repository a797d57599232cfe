package dev.adze.agent.decide;

/** What came of one sample. Reused from sample to sample: whoever wants to keep something copies it. */
public final class Decision {
    final float[] outputs;
    final Stamps stamps = new Stamps();
    long slot;
    long epochMillis;
    boolean warm;
    int unreadChannels;

    Decision(int outputs) {
        this.outputs = new float[outputs];
    }

    /** Place in the schedule, from 0; numbers left out are missed samples. */
    public long slot() {
        return slot;
    }

    /** Wall clock of the scheduled instant: that of the start plus the schedule's own time. */
    public long epochMillis() {
        return epochMillis;
    }

    /** {@code [outputs]} in physical units; logits for a classification. */
    public float[] outputs() {
        return outputs;
    }

    /** Whether the model has seen as many steps as it was trained on; before, outputs are provisional. */
    public boolean warm() {
        return warm;
    }

    /** Channels whose value was missing or invalid and had to be filled in. */
    public int unreadChannels() {
        return unreadChannels;
    }

    public Stamps stamps() {
        return stamps;
    }
}
