package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ranges of a network's inputs and cell states over sample features, for integer forms. Hidden values need none: they lie
 * in (-1, 1).
 *
 * @param smallest    feature, at most 0
 * @param largest     feature, at least 0
 * @param largestCell magnitude of a cell state, by LSTM layer
 */
record Calibration(float smallest, float largest, List<Float> largestCell) {
    /**
     * Head room of cell states over what calibration saw: they integrate, and whole series take them further than samples
     * (4.6 times on FD001's engines). Three of sixteen bits, which 8-bit weights do not miss.
     */
    private static final float CELL_MARGIN = 8;

    /** With a feature range that also covers what training saw of every channel: beyond the range integers saturate. */
    Calibration covering(PreprocessSpec spec) {
        float least = smallest;
        float most = largest;
        for (ChannelSpec channel : spec.channels()) {
            double a = Math.clamp((channel.min() - channel.center()) / channel.scale(), -spec.clip(), spec.clip());
            double b = Math.clamp((channel.max() - channel.center()) / channel.scale(), -spec.clip(), spec.clip());
            if (Double.isFinite(a) && Double.isFinite(b)) { // a manifest need not know the range
                least = (float) Math.min(least, Math.min(a, b));
                most = (float) Math.max(most, Math.max(a, b));
            }
        }
        return new Calibration(least, most, largestCell);
    }

    /** The operator's tanh of the cell takes at most 6 integer bits and at least none. */
    private static final int SMALLEST_EXPONENT = -15;
    private static final int LARGEST_EXPONENT = -9;

    /** @param features {@code [steps, inputSize]} of one series; @throws AdzeException USAGE if there are none */
    static Calibration of(Weights weights, float[] features) {
        int inputs = weights.network().inputSize();
        if (features.length < inputs) {
            throw new AdzeException(AdzeException.Kind.USAGE, "integer forms need calibration features;"
                    + " give some, or export int8 (hybrid), which needs none");
        }
        float smallest = 0;
        float largest = 0;
        for (float feature : features) {
            smallest = Math.min(smallest, feature);
            largest = Math.max(largest, feature);
        }
        List<Lstm> layers = weights.network().layers().stream().filter(Lstm.class::isInstance).map(Lstm.class::cast).toList();
        float[] cells = new float[layers.size()];
        try (var network = CompiledNetwork.compile(weights); var session = new Session(network)) {
            float[] output = new float[weights.network().outputSize()];
            for (int at = 0; at + inputs <= features.length; at += inputs) {
                session.infer(Arrays.copyOfRange(features, at, at + inputs), output);
                raise(cells, session.saveState().values(), layers);
            }
        }
        var largestCell = new ArrayList<Float>();
        for (float cell : cells) {
            largestCell.add(cell);
        }
        return new Calibration(smallest, largest, largestCell);
    }

    /** @param state of every LSTM layer h, then c */
    private static void raise(float[] cells, float[] state, List<Lstm> layers) {
        int at = 0;
        for (int i = 0; i < cells.length; i++) {
            int hidden = layers.get(i).hiddenSize();
            for (int k = at + hidden; k < at + 2 * hidden; k++) {
                cells[i] = Math.max(cells[i], Math.abs(state[k]));
            }
            at += 2 * hidden;
        }
    }

    /** So that [smallest, largest] fills int8 and 0 is exact (Jacob et al. 2018, section 2.1). */
    double featureScale() {
        return largest > smallest ? ((double) largest - smallest) / 255 : 1;
    }

    long featureZeroPoint() {
        return Math.clamp(Math.round(-128 - smallest / featureScale()), -128, 127);
    }

    /** n such that int16 at scale 2^n holds the cell states of an LSTM layer. */
    int cellScaleExponent(int recurrent) {
        float reach = CELL_MARGIN * Math.max(largestCell.get(recurrent), Float.MIN_NORMAL);
        int exponent = SMALLEST_EXPONENT;
        while (exponent < LARGEST_EXPONENT && Math.scalb(32767f, exponent) < reach) {
            exponent++;
        }
        return exponent;
    }
}
