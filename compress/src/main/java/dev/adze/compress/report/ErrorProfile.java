package dev.adze.compress.report;

import java.util.List;
import java.util.Objects;

/**
 * Root mean square errors on the held-out part, parted: by unit (engine, series), or by a stretch of time or of the life.
 *
 * @param name   of the output
 * @param unit   of the errors
 * @param by     what the parts are: {@code held-out unit}
 * @param parts  [parts] their names, in order
 * @param stages one a stage
 */
public record ErrorProfile(String name, String unit, String by, List<String> parts, List<Errors> stages) {
    /** @param rmse [parts]; NaN for a part in which nothing was judged */
    public record Errors(String stage, double[] rmse) {
        public Errors {
            Objects.requireNonNull(stage, "profile stage");
            rmse = Lists.copy(rmse);
        }
    }

    public ErrorProfile {
        Objects.requireNonNull(name, "profile name");
        unit = unit == null ? "" : unit;
        by = by == null ? "" : by;
        parts = Lists.copy(parts);
        stages = Lists.copy(stages);
        for (Errors errors : stages) {
            if (errors.rmse().length != parts.size()) {
                throw new IllegalArgumentException(name + ": " + parts.size() + " parts, " + errors.rmse().length + " of " + errors.stage());
            }
        }
    }
}
