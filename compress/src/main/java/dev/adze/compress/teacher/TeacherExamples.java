package dev.adze.compress.teacher;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Safetensors;
import dev.adze.runtime.model.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Holds a teacher against what the engine it was trained in gave: a safetensors file of {@code inputs [n, steps, features]}
 * and {@code outputs [n, outputs]} (the last step's) or {@code [n, steps, outputs]}, both as the model reads and gives them.
 */
public final class TeacherExamples {
    private static final double ABSOLUTE = 1e-4;
    private static final double RELATIVE = 1e-3;

    private TeacherExamples() {}

    /**
     * @return one line for people
     * @throws AdzeException NOT_FOUND or BAD_BUNDLE for the file, USAGE for another shape, MISMATCH
     */
    public static String check(Path path, TeacherEngine engine, String teacher, int features, int outputs) {
        try (Arena arena = Arena.ofConfined()) {
            var tensors = Safetensors.read(path, arena).tensors();
            Tensor inputs = tensors.get("inputs");
            Tensor wanted = tensors.get("outputs");
            List<Integer> in = inputs == null ? List.of() : inputs.shape();
            List<Integer> out = wanted == null ? List.of() : wanted.shape();
            if (in.size() != 3 || in.get(2) != features || in.get(0) < 1 || in.get(1) < 1
                    || !out.equals(List.of(in.get(0), outputs)) && !out.equals(List.of(in.get(0), in.get(1), outputs))) {
                throw new AdzeException(AdzeException.Kind.USAGE, "examples " + path.getFileName() + " must hold inputs [n, steps, "
                        + features + "] and outputs [n, " + outputs + "] or [n, steps, " + outputs + "], but hold " + in + " and " + out);
            }
            TeacherEngine.Answer answer = engine.answer(inputs.toFloats(), in.get(0));
            double largest = largest(answer, wanted.toFloats(), in, out.size() == 2 ? 1 : in.get(1), outputs, path, teacher);
            return String.format(Locale.ROOT, "agrees with its %d examples within %.2g", in.get(0), largest);
        }
    }

    private static double largest(TeacherEngine.Answer answer, float[] wanted, List<Integer> in, int steps, int outputs, Path path,
            String teacher) {
        int compared = Math.min(steps, answer.steps());
        double largest = 0;
        for (int w = 0; w < in.get(0); w++) {
            for (int t = 1; t <= compared; t++) { // from the last step backwards
                for (int o = 0; o < outputs; o++) {
                    double should = wanted[((w + 1) * steps - t) * outputs + o];
                    double is = answer.values()[((w + 1) * answer.steps() - t) * outputs + o];
                    double apart = Math.abs(is - should);
                    if (!(apart <= ABSOLUTE + RELATIVE * Math.abs(should))) {
                        throw new AdzeException(AdzeException.Kind.MISMATCH, String.format(Locale.ROOT, "teacher %s does not give what"
                                + " its examples %s say: window %d, step %d, output %d is %.6g and should be %.6g; is an activation,"
                                + " a layer or another step's state between (docs/recipe-format.md, teacher.from)?"
                                + " Give it as ONNX", teacher, path.getFileName(), w, in.get(1) - t, o, is, should));
                    }
                    largest = Math.max(largest, apart);
                }
            }
        }
        return largest;
    }
}
