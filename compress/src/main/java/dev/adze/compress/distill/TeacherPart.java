package dev.adze.compress.distill;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One part of the teacher's view as a tensor, batch by batch, in memory of its own. */
final class TeacherPart implements AutoCloseable {
    private final TeacherOutputs teacher;
    private final int offset;
    private final int length;
    private final float[] values;
    private final FloatPointer pointer;

    /** @param batchSize most windows of a batch */
    TeacherPart(TeacherOutputs teacher, int offset, int length, int batchSize) {
        this.teacher = teacher;
        this.offset = offset;
        this.length = length;
        values = new float[batchSize * length];
        pointer = new FloatPointer(values.length);
    }

    /** {@code [count, length]}; valid until the next call. */
    Tensor of(int[] windows, int count) {
        teacher.gather(windows, count, offset, length, values);
        pointer.put(values, 0, count * length);
        return torch.from_blob(pointer, count, length);
    }

    @Override
    public void close() {
        pointer.close();
    }
}
