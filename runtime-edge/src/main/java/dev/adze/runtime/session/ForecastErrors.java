package dev.adze.runtime.session;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.Arrays;

/**
 * How far what is measured lies from what was forecast, smoothed. For output o, which forecasts its channel n steps ahead,
 * at step t, in double precision:
 *
 * <pre>
 *   e = (measured(t) - forecast made at t - n) / scale        z = z + smoothing * (e - z), z = 0 at first
 *   score = sqrt(mean over the outputs of (z / spread)^2) / threshold
 * </pre>
 * An error keeps its sign until it is smoothed, so that noise averages out and what lasts stays. A step without a measured
 * value or a forecast leaves z as it is. Not thread-safe; allocates nothing a step.
 */
public final class ForecastErrors {
    private final int outputs;
    private final int capacity;
    private final int[] channel;
    private final int[] ahead;
    private final double[] scale;
    private final double smoothing;
    private final float[] forecasts;
    private final long[] madeAt;
    private final double[] smoothed;
    private long step;
    private boolean due;

    /**
     * @param smoothing weight of the newest error, above 0 to 1
     * @throws IllegalArgumentException for an output that is no forecast of an input channel
     */
    public ForecastErrors(TaskSpec task, PreprocessSpec preprocess, double smoothing) {
        outputs = task.outputs().size();
        this.smoothing = smoothing;
        channel = new int[outputs];
        ahead = new int[outputs];
        scale = task.outputs().stream().mapToDouble(TaskSpec.OutputSpec::scale).toArray();
        var names = preprocess.channels().stream().map(ChannelSpec::name).toList();
        for (int o = 0; o < outputs; o++) {
            var spec = task.outputs().get(o);
            var later = spec.ahead().orElseThrow(() -> new IllegalArgumentException(spec.name() + " is no forecast of a channel"));
            channel[o] = names.indexOf(later.channel());
            ahead[o] = later.steps();
            if (channel[o] < 0) {
                throw new IllegalArgumentException(later.channel() + " is no input channel");
            }
        }
        capacity = 1 + Arrays.stream(ahead).max().orElseThrow();
        forecasts = new float[capacity * outputs];
        madeAt = new long[capacity];
        smoothed = new double[outputs];
        reset();
    }

    /** Back to the first step of a new series. */
    public void reset() {
        Arrays.fill(madeAt, Long.MIN_VALUE);
        Arrays.fill(smoothed, 0);
        step = 0;
        due = false;
    }

    ErrorsState saveState() {
        return new ErrorsState(step, due, madeAt, forecasts, smoothed);
    }

    boolean fits(ErrorsState state) {
        return state.madeAt().length == madeAt.length && state.forecasts().length == forecasts.length
                && state.smoothed().length == smoothed.length;
    }

    /** A state without forecasts is the first step of a new series. */
    void restoreState(ErrorsState state) {
        reset();
        if (!state.isNone()) {
            System.arraycopy(state.madeAt(), 0, madeAt, 0, madeAt.length);
            System.arraycopy(state.forecasts(), 0, forecasts, 0, forecasts.length);
            System.arraycopy(state.smoothed(), 0, smoothed, 0, smoothed.length);
            step = state.step();
            due = state.due();
        }
    }

    /** Takes in the raw values {@code [channels]} of the next step. */
    public void measured(float[] raw, int offset) {
        step++;
        for (int o = 0; o < outputs; o++) {
            int slot = (int) Math.floorMod(step - ahead[o], (long) capacity);
            if (madeAt[slot] != step - ahead[o]) {
                continue;
            }
            double error = ((double) raw[offset + channel[o]] - forecasts[slot * outputs + o]) / scale[o];
            if (Double.isFinite(error)) {
                smoothed[o] += smoothing * (error - smoothed[o]);
                due = true;
            }
        }
    }

    /** Takes in the outputs, in physical units, of the step that was measured last. */
    public void forecast(float[] values, int offset) {
        int slot = (int) (step % capacity);
        madeAt[slot] = step;
        System.arraycopy(values, offset, forecasts, slot * outputs, outputs);
    }

    /** Whether any forecast has come due. */
    public boolean due() {
        return due;
    }

    /** An output's smoothed error, in units of its scale. */
    public double smoothed(int output) {
        return smoothed[output];
    }

    /** 1 where the threshold is met; NaN as long as no forecast has come due. */
    public double score(TaskSpec.Anomaly anomaly) {
        if (!due) {
            return Double.NaN;
        }
        double sum = 0;
        for (int o = 0; o < outputs; o++) {
            double ratio = smoothed[o] / anomaly.spread().get(o);
            sum += ratio * ratio;
        }
        return Math.sqrt(sum / outputs) / anomaly.threshold();
    }
}
