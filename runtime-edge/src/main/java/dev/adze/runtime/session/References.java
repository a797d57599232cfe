package dev.adze.runtime.session;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;

/**
 * What relative outputs are relative to ({@link TaskSpec.Reference}): the same class for the trainer, which takes it off
 * the targets, and for the device, which adds it to the network's outputs. In double precision, oldest value last:
 *
 * <pre>
 *   reference = (sum over the lags of center + scale * feature) / count
 * </pre>
 * with the channel's scaled value among the features. Where fewer steps were seen than a lag needs, the oldest one stands
 * in. Immutable; {@link #of} allocates nothing.
 */
public final class References {
    /** Scaled values of channels, {@code lag} steps before the newest. */
    public interface History {
        float feature(int channel, int lag);
    }

    private final int[] channel;
    private final int[] lag;
    private final int[] every;
    private final int[] count;
    private final double[] center;
    private final double[] scale;

    public References(TaskSpec task, PreprocessSpec preprocess) {
        int outputs = task.outputs().size();
        channel = new int[outputs];
        lag = new int[outputs];
        every = new int[outputs];
        count = new int[outputs];
        center = new double[outputs];
        scale = new double[outputs];
        var names = preprocess.channels().stream().map(ChannelSpec::name).toList();
        for (int o = 0; o < outputs; o++) {
            var ahead = task.outputs().get(o).ahead().orElse(null);
            if (ahead == null || ahead.reference().isEmpty()) {
                continue;
            }
            channel[o] = names.indexOf(ahead.channel());
            if (channel[o] < 0) {
                throw new IllegalArgumentException(ahead.channel() + " is no input channel");
            }
            lag[o] = ahead.reference().get().lag();
            every[o] = ahead.reference().get().every();
            count[o] = ahead.reference().get().count();
            center[o] = preprocess.channels().get(channel[o]).center();
            scale[o] = preprocess.channels().get(channel[o]).scale();
        }
    }

    /**
     * What to add to an output, in its unit; 0 for one that stands for itself.
     *
     * @param steps seen so far, 1 or more
     */
    public double of(int output, History history, long steps) {
        if (count[output] == 0) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < count[output]; i++) {
            int at = (int) Math.min(lag[output] + i * every[output], steps - 1);
            sum += center[output] + scale[output] * history.feature(channel[output], at);
        }
        return sum / count[output];
    }
}
