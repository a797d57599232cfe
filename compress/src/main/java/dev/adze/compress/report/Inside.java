package dev.adze.compress.report;

import java.util.List;

/**
 * What lies and happens inside the student.
 *
 * @param description of which weights, on which data, by which arithmetic, in a few sentences
 * @param weights     one a layer and precision; a histogram a gate, over both matrices
 * @param activations two a layer, of the gates and of the state; a histogram a signal, over all units and steps
 * @param activity    of a chosen sample, one a layer
 */
public record Inside(String description, List<Histograms> weights, List<Histograms> activations, List<GateActivity> activity) {
    public Inside {
        description = description == null ? "" : description;
        weights = Lists.copy(weights);
        activations = Lists.copy(activations);
        activity = Lists.copy(activity);
    }
}
