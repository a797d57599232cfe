package dev.adze.compress.distill;

import dev.adze.runtime.AdzeException;

/**
 * How much the student listens to the teacher.
 *
 * @param alpha       weight of the teacher's outputs, 0 to 1; the task's own targets get 1 - alpha
 * @param temperature of soft targets (classification only; Hinton et al. 2015)
 * @param hintWeight  weight of the hidden-state hint: mean square error between the student's last hidden state,
 *                    through a learned linear projection, and the teacher's (Romero et al. 2015); 0 for none
 */
public record DistillSpec(double alpha, double temperature, double hintWeight) {
    public DistillSpec {
        if (!(alpha >= 0 && alpha <= 1 && temperature > 0 && hintWeight >= 0)) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "distillation settings: alpha must be 0 to 1, temperature above 0, hintWeight 0 or more");
        }
    }
}
