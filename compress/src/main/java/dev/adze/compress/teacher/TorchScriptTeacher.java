package dev.adze.compress.teacher;

import dev.adze.compress.recipe.GivenTeacher;
import dev.adze.compress.recipe.GivenTeacher.Layout;
import dev.adze.compress.train.Torch;
import dev.adze.runtime.AdzeException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A TorchScript module of one tensor, as {@code torch.jit.save} writes it, in LibTorch. */
public final class TorchScriptTeacher implements TeacherEngine {
    private final String file;
    private final TeacherShape shape;
    private final JitModule module;
    private final Layout layout;
    private final long parameters;

    private TorchScriptTeacher(String file, TeacherShape shape, JitModule module, Layout layout) {
        this.file = file;
        this.shape = shape;
        this.module = module;
        this.layout = layout;
        module.eval();
        long count = 0;
        try (var _ = new PointerScope()) {
            var list = module.parameters();
            var end = list.end();
            for (var each = list.begin(); each.notEquals(end); each.increment()) {
                count += each.access().numel();
            }
        }
        parameters = count;
    }

    /** @throws AdzeException NOT_FOUND; BAD_BUNDLE for what LibTorch cannot load; USAGE where the shape does not fit */
    public static TorchScriptTeacher open(Path path, TeacherShape shape, GivenTeacher given) {
        String file = path.getFileName().toString();
        if (!Files.isReadable(path)) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, "teacher " + path + " is missing or may not be read");
        }
        Torch.start(Runtime.getRuntime().availableProcessors());
        JitModule module;
        try {
            module = torch.load(path.toString());
        } catch (RuntimeException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "LibTorch cannot load the teacher " + file + " ("
                    + firstLine(e) + "); a .pt file must be TorchScript, written by torch.jit.save; a state_dict goes into"
                    + " safetensors", e);
        }
        // TorchScript does not tell its shapes.
        Layout layout = given.layout() == Layout.AUTO ? Layout.BATCH_STEPS_FEATURES : given.layout();
        var teacher = new TorchScriptTeacher(file, shape, module, layout);
        try {
            teacher.answer(new float[2 * shape.steps() * shape.features()], 2);
            return teacher;
        } catch (RuntimeException e) {
            teacher.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "LibTorch";
    }

    @Override
    public String architecture() {
        return "TorchScript";
    }

    @Override
    public Long parameters() {
        return parameters;
    }

    @Override
    public Answer answer(float[] features, int count) {
        long[] dims = shape.dims(layout, count);
        try (var _ = new NoGradGuard(); var _ = new PointerScope()) {
            Tensor x = torch.from_blob(new FloatPointer(shape.pack(layout, features, 0, count)), dims);
            IValue result;
            try {
                result = module.forward(new IValueVector(new IValue(x)));
            } catch (RuntimeException e) {
                throw new AdzeException(AdzeException.Kind.USAGE, "teacher " + file + " does not take " + TeacherShape.text(dims)
                        + ", windows of " + shape.steps() + " steps with " + shape.features() + " features (" + firstLine(e)
                        + "); set task.windowSteps, task.inputs, preprocess or teacher.layout", e);
            }
            if (!result.isTensor()) {
                throw new AdzeException(AdzeException.Kind.USAGE, "teacher " + file + " gives a "
                        + result.tagKind().getString() + "; it must give one tensor: script a module that returns it alone");
            }
            Tensor y = result.toTensor().to(torch.ScalarType.Float).contiguous();
            float[] values = new float[Math.toIntExact(y.numel())];
            y.data_ptr_float().get(values);
            long[] given = new long[(int) y.dim()];
            for (int i = 0; i < given.length; i++) {
                given[i] = y.size(i);
            }
            return shape.answer(layout, given, values, count, "teacher " + file);
        }
    }

    /** LibTorch appends a trace of its own; the cause is the last line that is none of it. */
    private static String firstLine(RuntimeException e) {
        String[] lines = String.valueOf(e.getMessage()).split("\\R");
        for (String line : lines) {
            if (line.startsWith("RuntimeError: ")) {
                return line.substring("RuntimeError: ".length()).strip();
            }
        }
        return lines[0].strip();
    }

    @Override
    public void close() {
        module.close();
    }
}
