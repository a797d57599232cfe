package dev.adze.runtime.backend.tensorrt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A way to run a model.
 *
 * @param window how windows of {@code steps} are computed; empty for a step at a time
 */
record Candidate(EnginePrecision precision, Optional<EngineForm> window, int steps) {
    /** @param steps of the bundle's window, 1 for a stream */
    static List<Candidate> of(List<EnginePrecision> precisions, int steps) {
        var all = new ArrayList<Candidate>();
        for (EnginePrecision precision : precisions) {
            all.add(new Candidate(precision, Optional.empty(), steps));
            if (steps > 1) {
                EngineForm.ofWindow(steps).forEach(form -> all.add(new Candidate(precision, Optional.of(form), steps)));
            }
        }
        return all;
    }

    /** {@code fp16 loop}. */
    String text() {
        return (precision + " " + window.map(EngineForm::name).orElse("cell")).toLowerCase(Locale.ROOT);
    }
}
