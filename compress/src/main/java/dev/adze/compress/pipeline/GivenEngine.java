package dev.adze.compress.pipeline;

import dev.adze.compress.recipe.GivenTeacher;
import dev.adze.compress.teacher.TeacherEngine;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.nio.file.Path;

/**
 * A model that was trained elsewhere and only answers.
 *
 * @param preprocess what it reads
 * @param task       the recipe's, with the teacher's own scaling of the outputs
 * @param gives      what its numbers mean; never AUTO
 */
record GivenEngine(String key, Path file, TeacherEngine engine, PreprocessSpec preprocess, TaskSpec task, GivenTeacher.Gives gives)
        implements Teacher {
    /**
     * What the engine answers, as the network's outputs: logits for probabilities.
     *
     * @throws AdzeException MISMATCH if it is no number
     */
    TeacherEngine.Answer answer(float[] features, int count) {
        TeacherEngine.Answer answer = engine.answer(features, count);
        for (int i = 0; i < answer.values().length; i++) {
            if (gives == GivenTeacher.Gives.PROBABILITIES) {
                answer.values()[i] = (float) Math.log(Math.max(answer.values()[i], 1e-7));
            }
            if (!Float.isFinite(answer.values()[i])) {
                throw new AdzeException(AdzeException.Kind.MISMATCH, "teacher " + file.getFileName() + " answers "
                        + answer.values()[i] + " in " + engine.name() + "; check teacher.inputs, and the model on the same data");
            }
        }
        return answer;
    }
}
