package dev.adze.compress.distill;

import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A teacher's view of every training window, computed once and mapped from a file: outputs of the counted steps
 * {@code [windows, steps, outputs]} and the last layer's hidden state after the last step {@code [windows, hidden]}.
 * Little-endian floats, window by window; the shape is the caller's to know (it is part of the cache key).
 */
public final class TeacherOutputs implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment file;
    private final int outputFloats;
    private final int hiddenFloats;

    private TeacherOutputs(Path path, int windows, int outputFloats, int hiddenFloats) throws IOException {
        this.outputFloats = outputFloats;
        this.hiddenFloats = hiddenFloats;
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long expected = (long) windows * (outputFloats + hiddenFloats) * Float.BYTES;
            if (channel.size() != expected) {
                arena.close();
                throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "teacher outputs " + path + " have "
                        + channel.size() + " bytes instead of " + expected + ": delete the file to compute them again");
            }
            file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /** Shape of what is kept of a window. */
    public record Shape(int countedSteps, int outputs, int hidden) {}

    /** Opens the file, computing it first if it is not there. */
    public static TeacherOutputs open(Path path, TorchNetwork teacher, Windows windows, Shape shape) {
        try {
            if (!Files.exists(path)) {
                compute(path, teacher, windows, shape);
            }
            return new TeacherOutputs(path, windows.size(), shape.countedSteps() * shape.outputs(), shape.hidden());
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, "teacher outputs " + path
                    + " cannot be kept (" + e.getMessage() + "): free some disk space or choose another --out", e);
        }
    }

    private static void compute(Path path, TorchNetwork teacher, Windows windows, Shape shape) throws IOException {
        Path partial = path.resolveSibling(path.getFileName() + ".partial");
        try (var out = new java.io.DataOutputStream(
                new java.io.BufferedOutputStream(Files.newOutputStream(partial), 1 << 20))) {
            Evaluation.outputs(teacher, windows, shape.countedSteps(), (outputs, hidden) -> {
                write(out, outputs);
                write(out, hidden);
            });
        } catch (java.io.UncheckedIOException e) {
            Files.deleteIfExists(partial);
            throw e.getCause();
        }
        Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void write(java.io.DataOutputStream out, float[] values) {
        try {
            for (float value : values) {
                out.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(value)));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Copies windows' outputs to {@code [count, steps, outputs]}. */
    void outputs(int[] windows, int count, float[] target) {
        gather(windows, count, 0, outputFloats, target);
    }

    /** Copies windows' hidden states to {@code [count, hidden]}. */
    void hidden(int[] windows, int count, float[] target) {
        gather(windows, count, outputFloats, hiddenFloats, target);
    }

    private void gather(int[] windows, int count, int offset, int length, float[] target) {
        for (int i = 0; i < count; i++) {
            long at = ((long) windows[i] * (outputFloats + hiddenFloats) + offset) * Float.BYTES;
            MemorySegment.copy(file, FLOAT, at, target, i * length, length);
        }
    }

    int outputFloats() {
        return outputFloats;
    }

    int hiddenFloats() {
        return hiddenFloats;
    }

    @Override
    public void close() {
        arena.close();
    }
}
