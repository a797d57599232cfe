package dev.adze.agent.ledger;

import dev.adze.agent.decide.Stamps;

/** The stages of a decision, each the time between two of its stamps; they add up to {@link #TOTAL}. */
public enum Stage {
    /** From the scheduled instant to the start of reading: how late this machine let the agent be. */
    LATENESS("lateness"),
    /** Reading all sensors, or waiting for them up to the deadline. */
    READ("read"),
    /** Raw values to features. */
    PREPROCESS("preprocess"),
    /** The network's step. */
    INFERENCE("inference"),
    /** Handing the decision over to the reports. */
    REPORT("report"),
    /** The whole way, from the scheduled instant to the decision delivered. */
    TOTAL("total");

    private final String label;

    Stage(String label) {
        this.label = label;
    }

    /** Lower case, as in reports and metrics. */
    public String label() {
        return label;
    }

    /** This stage's share of a decision's time, in nanoseconds. */
    public long nanos(Stamps stamps) {
        return switch (this) {
            case LATENESS -> stamps.readStart - stamps.scheduled;
            case READ -> stamps.readEnd - stamps.readStart;
            case PREPROCESS -> stamps.preprocessed - stamps.readEnd;
            case INFERENCE -> stamps.inferred - stamps.preprocessed;
            case REPORT -> stamps.delivered - stamps.inferred;
            case TOTAL -> stamps.delivered - stamps.scheduled;
        };
    }
}
