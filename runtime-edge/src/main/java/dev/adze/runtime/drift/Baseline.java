package dev.adze.runtime.drift;

import java.util.List;

/**
 * What a model was trained on and what it said to that, for a device to compare with.
 *
 * @param channels  raw values of every input channel, in the model's order
 * @param outputs   of the model, in physical units (logits of a classification)
 * @param sequences lengths, in steps, of runs in which every channel was measured
 * @param gaps      lengths of the runs between them, in which at least one was missing
 */
public record Baseline(List<Distribution> channels, List<Distribution> outputs, Distribution sequences, Distribution gaps) {
    public Baseline {
        channels = List.copyOf(channels);
        outputs = List.copyOf(outputs);
    }
}
