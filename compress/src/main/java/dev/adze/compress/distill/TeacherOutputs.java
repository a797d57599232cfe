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
import java.util.List;
import java.util.function.Consumer;

/**
 * The teachers' {@link TeacherView} of every training window, computed once and mapped from a file: little-endian floats,
 * window by window; the view is the caller's to know (it is part of the cache key).
 */
public final class TeacherOutputs implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment file;
    private final TeacherView view;

    private TeacherOutputs(Path path, int windows, TeacherView view) throws IOException {
        this.view = view;
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long expected = (long) windows * view.floats() * Float.BYTES;
            if (channel.size() != expected) {
                arena.close();
                throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "teacher outputs " + path + " have "
                        + channel.size() + " bytes instead of " + expected + ": delete the file to compute them again");
            }
            file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /** Opens the file, computing it first if it is not there. */
    public static TeacherOutputs open(Path path, List<TorchNetwork> teachers, Windows windows, TeacherView view) {
        return open(path, windows.size(), view, rows -> Evaluation.rows(teachers, windows, view::rows, rows));
    }

    /** A teacher's views of all training windows, in order. */
    public interface Source {
        void rows(Consumer<float[]> rows);
    }

    /** Opens the file, computing it first if it is not there: views of any teacher, {@code windows} of them. */
    public static TeacherOutputs open(Path path, int windows, TeacherView view, Source source) {
        try {
            if (!Files.exists(path)) {
                compute(path, source);
            }
            return new TeacherOutputs(path, windows, view);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, "teacher outputs " + path
                    + " cannot be kept (" + e.getMessage() + "): free some disk space or choose another --out", e);
        }
    }

    private static void compute(Path path, Source source) throws IOException {
        // Trials of one search share this file, and two processes may come to it at once.
        Path partial = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid() + ".partial");
        try (var out = new java.io.DataOutputStream(
                new java.io.BufferedOutputStream(Files.newOutputStream(partial), 1 << 20))) {
            source.rows(row -> write(out, row));
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

    TeacherView view() {
        return view;
    }

    /** Copies a part of the view of each of {@code count} windows to {@code [count, length]}. */
    void gather(int[] windows, int count, int offset, int length, float[] target) {
        for (int i = 0; i < count; i++) {
            long at = ((long) windows[i] * view.floats() + offset) * Float.BYTES;
            MemorySegment.copy(file, FLOAT, at, target, i * length, length);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
