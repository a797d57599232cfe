package dev.adze.compress.teacher;

import dev.adze.compress.recipe.GivenTeacher.Layout;
import dev.adze.runtime.AdzeException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the data gives a teacher and wants of it: windows of {@code [steps, features]}, answers of {@code [outputs]}. */
public record TeacherShape(int steps, int features, int outputs) {
    /**
     * How a model holds its windows.
     *
     * @param wanted as the recipe says
     * @param dims   of its input, -1 where free
     * @param what   the model and its input, for the message
     * @throws AdzeException USAGE where nothing fits
     */
    Layout layout(Layout wanted, long[] dims, String what) {
        List<Layout> fitting = Arrays.stream(Layout.values()).filter(layout -> layout != Layout.AUTO
                && (wanted == Layout.AUTO || wanted == layout) && fits(layout, dims)).toList();
        if (!fitting.isEmpty()) {
            // [6, ?, 3] is more likely 6 steps of any batch than a batch of 6.
            return fitting.stream().filter(layout -> batch(layout, dims) <= 1).findFirst().orElse(fitting.getFirst());
        }
        throw new AdzeException(AdzeException.Kind.USAGE, what + " takes " + text(dims) + ", but the data gives windows of "
                + steps + " steps with " + features + " features"
                + (wanted == Layout.AUTO ? "" : " (teacher.layout: " + wanted.name().toLowerCase(Locale.ROOT).replace('_', '-') + ")")
                + "; set task.windowSteps, task.inputs and preprocess to what the teacher was trained on, or teacher.layout");
    }

    private boolean fits(Layout layout, long[] dims) {
        long[] own = dims(layout, -1);
        if (dims.length != own.length) {
            return false;
        }
        for (int i = 0; i < dims.length; i++) {
            if (own[i] >= 0 && dims[i] >= 0 && own[i] != dims[i]) {
                return false;
            }
        }
        return true;
    }

    /** Dimensions of a batch. */
    long[] dims(Layout layout, long batch) {
        return switch (layout) {
            case AUTO -> throw new IllegalArgumentException("a layout must be resolved first");
            case BATCH_STEPS_FEATURES -> new long[] {batch, steps, features};
            case STEPS_BATCH_FEATURES -> new long[] {steps, batch, features};
            case BATCH_FEATURES_STEPS -> new long[] {batch, features, steps};
            case BATCH_FLAT -> new long[] {batch, (long) steps * features};
        };
    }

    /** The size of the batch that a model insists on; -1 for any. */
    static long batch(Layout layout, long[] dims) {
        return dims[layout == Layout.STEPS_BATCH_FEATURES ? 1 : 0];
    }

    /** {@code count} windows {@code [count, steps, features]} from window {@code first} on, as the layout wants them. */
    float[] pack(Layout layout, float[] windows, int first, int count) {
        int floats = steps * features;
        if (layout == Layout.BATCH_STEPS_FEATURES || layout == Layout.BATCH_FLAT) {
            return Arrays.copyOfRange(windows, first * floats, (first + count) * floats);
        }
        float[] packed = new float[count * floats];
        for (int w = 0; w < count; w++) {
            for (int t = 0; t < steps; t++) {
                for (int f = 0; f < features; f++) {
                    int to = layout == Layout.STEPS_BATCH_FEATURES ? (t * count + w) * features + f : (w * features + f) * steps + t;
                    packed[to] = windows[((first + w) * steps + t) * features + f];
                }
            }
        }
        return packed;
    }

    /**
     * An answer as {@code [count, steps or 1, outputs]}.
     *
     * @param dims of {@code values}
     * @throws AdzeException USAGE where they are not the task's
     */
    TeacherEngine.Answer answer(Layout layout, long[] dims, float[] values, int count, String what) {
        boolean timeFirst = layout == Layout.STEPS_BATCH_FEATURES;
        long[] d = dims;
        if (d.length == 3 && timeFirst && d[0] == steps && d[1] == count && d[2] == outputs) {
            float[] turned = new float[values.length];
            for (int t = 0; t < steps; t++) {
                for (int w = 0; w < count; w++) {
                    System.arraycopy(values, (t * count + w) * outputs, turned, (w * steps + t) * outputs, outputs);
                }
            }
            return new TeacherEngine.Answer(steps, turned);
        }
        boolean last = Arrays.equals(d, new long[] {count, outputs}) || Arrays.equals(d, new long[] {count, 1, outputs})
                || timeFirst && Arrays.equals(d, new long[] {1, count, outputs})
                || outputs == 1 && Arrays.equals(d, new long[] {count});
        if (last) {
            return new TeacherEngine.Answer(1, values);
        }
        if (!timeFirst && Arrays.equals(d, new long[] {count, steps, outputs})
                || !timeFirst && outputs == 1 && Arrays.equals(d, new long[] {count, steps})) {
            return new TeacherEngine.Answer(steps, values);
        }
        throw new AdzeException(AdzeException.Kind.USAGE, what + " gives " + text(d) + " for a batch of " + count
                + " windows, but the task has " + outputs + (outputs == 1 ? " output" : " outputs")
                + ": [batch, outputs] or [batch, steps, outputs] is needed; set task.targets to what the teacher predicts");
    }

    /** For example {@code [?, 30, 14]}. */
    static String text(long[] dims) {
        return Arrays.stream(dims).mapToObj(d -> d < 0 ? "?" : Long.toString(d)).collect(Collectors.joining(", ", "[", "]"));
    }
}
