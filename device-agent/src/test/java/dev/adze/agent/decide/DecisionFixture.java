package dev.adze.agent.decide;

/** Makes decisions for tests of reports. */
public final class DecisionFixture {
    private DecisionFixture() {}

    public static Decision make(long slot, long epochMillis, boolean warm, int unread, float[] outputs, long late, long read,
            long preprocess, long inference, long report) {
        var d = new Decision(outputs.length);
        System.arraycopy(outputs, 0, d.outputs, 0, outputs.length);
        d.slot = slot;
        d.epochMillis = epochMillis;
        d.warm = warm;
        d.unreadChannels = unread;
        d.stamps.scheduled = 1_000_000;
        d.stamps.readStart = d.stamps.scheduled + late;
        d.stamps.readEnd = d.stamps.readStart + read;
        d.stamps.preprocessed = d.stamps.readEnd + preprocess;
        d.stamps.inferred = d.stamps.preprocessed + inference;
        d.stamps.delivered = d.stamps.inferred + report;
        return d;
    }
}
