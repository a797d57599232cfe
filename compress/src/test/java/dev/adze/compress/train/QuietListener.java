package dev.adze.compress.train;

/** Says nothing, and stops a training after one of its steps. */
public final class QuietListener implements TrainingListener {
    private final long stopAtStep;
    private long step;

    /** @param stopAtStep -1 for never */
    public QuietListener(long stopAtStep) {
        this.stopAtStep = stopAtStep;
    }

    @Override
    public void onStep(long step, long totalSteps, double loss, double secondsPerStep) {
        this.step = step;
    }

    @Override
    public void onEpoch(Epoch epoch, boolean best) {}

    @Override
    public boolean stopRequested() {
        return step == stopAtStep;
    }
}
