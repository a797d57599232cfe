package dev.adze.compress.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How a layer's gates and state move over one sample, over its units.
 *
 * @param layer   in words: {@code layer 0 (LSTM 560)}
 * @param sample  in words: {@code engine 24, its last 30 steps}
 * @param signals gates, cell and hidden values
 */
public record GateActivity(String layer, String sample, List<Signal> signals) {
    /**
     * @param name {@code i}, {@code f}, {@code g}, {@code o}, {@code cell}, {@code hidden}
     * @param mean [steps] over the units
     * @param q05  [steps] 5 % quantile over the units
     * @param q95  [steps] 95 % quantile
     * @param heat [bands][steps] mean of the units of a band, where units are sorted by their mean over the sample and
     *             parted into bands of the same size, highest first
     */
    public record Signal(String name, double[] mean, double[] q05, double[] q95, List<double[]> heat) {
        public Signal {
            Objects.requireNonNull(name, "signal name");
            mean = Lists.copy(mean);
            q05 = Lists.copy(q05);
            q95 = Lists.copy(q95);
            heat = Lists.copy(heat);
            int steps = mean.length;
            if (q05.length != steps || q95.length != steps || heat.stream().anyMatch(band -> band.length != steps)) {
                throw new IllegalArgumentException(name + ": means, quantiles and bands differ in steps");
            }
        }

        /**
         * @param values {@code [steps, units]}
         * @param bands  at most so many
         */
        public static Signal of(String name, double[] values, int units, int bands) {
            int steps = values.length / units;
            double[] mean = new double[steps];
            double[] q05 = new double[steps];
            double[] q95 = new double[steps];
            for (int t = 0; t < steps; t++) {
                double[] sorted = Arrays.copyOfRange(values, t * units, (t + 1) * units);
                Arrays.sort(sorted);
                mean[t] = Arrays.stream(sorted).average().orElse(Double.NaN);
                q05[t] = Histograms.quantile(sorted, 0.05);
                q95[t] = Histograms.quantile(sorted, 0.95);
            }
            return new Signal(name, mean, q05, q95, heat(values, units, steps, Math.min(bands, units)));
        }

        private static List<double[]> heat(double[] values, int units, int steps, int bands) {
            double[] sums = new double[units];
            for (int at = 0; at < values.length; at++) {
                sums[at % units] += values[at];
            }
            List<Integer> order = new ArrayList<>();
            for (int unit = 0; unit < units; unit++) {
                order.add(unit);
            }
            order.sort((a, b) -> Double.compare(sums[b], sums[a]));
            List<double[]> heat = new ArrayList<>();
            for (int band = 0; band < bands; band++) {
                List<Integer> members = order.subList(band * units / bands, (band + 1) * units / bands);
                double[] row = new double[steps];
                for (int t = 0; t < steps; t++) {
                    int step = t;
                    row[t] = members.stream().mapToDouble(unit -> values[step * units + unit]).average().orElse(Double.NaN);
                }
                heat.add(row);
            }
            return heat;
        }
    }

    public GateActivity {
        Objects.requireNonNull(layer, "layer");
        sample = sample == null ? "" : sample;
        signals = Lists.copy(signals);
    }
}
