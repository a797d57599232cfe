package dev.adze.compress.export;

/** How an exported file is called. */
public enum ExportForm {
    /** Streaming: the state goes on from call to call. */
    STEP,
    /** A whole window from zero state; the last step's outputs come out. */
    WINDOW
}
