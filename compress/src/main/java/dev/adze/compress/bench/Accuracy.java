package dev.adze.compress.bench;

/**
 * The outputs that double precision gives on a workload's inputs, and how far a contender's are from them.
 *
 * @param steps   {@code [steps][outputs]} of the first steps, streamed from zero state
 * @param windows {@code [windows][outputs]} of the first windows
 */
record Accuracy(Workload workload, double[][] steps, double[][] windows) {
    private static final int STEPS = 100;
    private static final int WINDOWS = 2;

    static Accuracy of(Workload workload) {
        var reference = new DoubleReference(workload.weights());
        double[][] steps = new double[STEPS][];
        for (int t = 0; t < STEPS; t++) {
            steps[t] = reference.step(workload.steps()[t], 0);
        }
        double[][] windows = new double[WINDOWS][];
        for (int w = 0; w < WINDOWS; w++) {
            windows[w] = reference.window(workload.windows()[w], workload.windowSteps());
        }
        return new Accuracy(workload, steps, windows);
    }

    /** The largest absolute error of an output; NaN where an output is not a number. Leaves the contender in zero state. */
    double maxError(Contender contender, Mode mode) {
        double[][] expected = switch (mode) {
            case STEP -> steps;
            case WINDOW -> windows;
        };
        float[] output = new float[workload.network().outputSize()];
        double largest = 0;
        contender.prepare();
        contender.reset();
        for (int i = 0; i < expected.length; i++) {
            contender.call(workload.inputs(mode)[i], output);
            for (int k = 0; k < output.length; k++) {
                largest = Math.max(largest, Math.abs(output[k] - expected[i][k]));
            }
        }
        contender.reset();
        return largest;
    }

    /** The largest absolute output, to judge errors by. */
    double largestOutput() {
        double largest = 0;
        for (double[] step : steps) {
            for (double value : step) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }
}
