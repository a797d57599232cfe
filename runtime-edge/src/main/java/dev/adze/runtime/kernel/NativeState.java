package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Lstm;
import java.util.ArrayList;
import java.util.List;

/** Where things lie in a runner's state block (adze.h). Filled by {@link NativeCompiler}, then read only. */
final class NativeState {
    /**
     * h and c of one LSTM layer.
     *
     * @param held its digits as floats, if they may be held; otherwise -1
     */
    record Recurrent(int hiddenSize, long hidden, long cell, long held) {}

    private final List<Recurrent> recurrent = new ArrayList<>();
    private final List<Long> skipCounts = new ArrayList<>();
    private long size;
    private long lastOutput;

    /** Room for {@code count} floats; the offset is a multiple of 64. */
    long floats(int count) {
        return bytes(4L * count);
    }

    long bytes(long count) {
        long offset = size;
        size += (count + 63) / 64 * 64;
        return offset;
    }

    /** Room for a layer's output values. */
    long output(int count) {
        lastOutput = floats(count);
        return lastOutput;
    }

    void addLstm(NativePlan.Entry entry, Lstm lstm, int capacity) {
        var layer = new Recurrent(lstm.hiddenSize(), output(capacity), floats(capacity),
                lstm.hold() > 0 ? floats(capacity) : -1);
        recurrent.add(layer);
        entry.set("output", layer.hidden());
        entry.set("cell", layer.cell());
        entry.set("hold", (long) lstm.hold());
        entry.set("held", Math.max(0, layer.held()));
    }

    /** Room for an area of delta updates (adze.h), which begins with a count of multiply-accumulates skipped. */
    long delta(int groups, int blocks) {
        long area = bytes(64);
        bytes(4L * groups);
        bytes(12L * groups);
        bytes(4L * blocks * PackedLayout.ROWS);
        skipCounts.add(area);
        return area;
    }

    /** Room for a count of multiply-accumulates skipped. */
    long skipCount() {
        long place = bytes(8);
        skipCounts.add(place);
        return place;
    }

    /** Offsets of all counts of multiply-accumulates skipped. */
    List<Long> skipCounts() {
        return skipCounts;
    }

    List<Recurrent> recurrent() {
        return recurrent;
    }

    long size() {
        return size;
    }

    /** Output of the layer laid out last. */
    long lastOutput() {
        return lastOutput;
    }
}
