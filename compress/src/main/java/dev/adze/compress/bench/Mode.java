package dev.adze.compress.bench;

/** What one call computes. */
enum Mode {
    /** One time step; the state is carried from call to call. */
    STEP,
    /** A whole window from zero state; the last step's output counts. */
    WINDOW;

    String label(int windowSteps) {
        return switch (this) {
            case STEP -> "streaming step";
            case WINDOW -> windowSteps + "-step window";
        };
    }
}
