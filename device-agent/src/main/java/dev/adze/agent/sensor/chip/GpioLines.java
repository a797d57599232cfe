package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * GPIO lines: their level (0 or 1), the edges since the agent began, rising and falling together, or the edges per
 * second since the last reading. A tachometer with two pulses a turn has four edges a turn: scale 15 makes 1/min of it.
 */
public final class GpioLines implements Chip<GpioLines.Lines> {
    /** The lines of one chip, in the order of the inputs. */
    public interface Lines extends AutoCloseable {
        GpioLine line(int index);

        @Override
        void close();
    }

    private final List<Input> inputs;
    private final List<LinearInput> linear;
    private final LongSupplier nanoClock;
    /** Of lines that were closed since: a chip that was gone for a while does not set the count back. */
    private final long[] earlierEdges;
    private final long[] lastEdges;
    private final long[] lastNanos;
    private final boolean[] primed;

    public GpioLines(List<Input> inputs, LongSupplier nanoClock) {
        this.inputs = inputs;
        this.nanoClock = nanoClock;
        linear = inputs.stream().map(LinearInput::new).toList();
        earlierEdges = new long[inputs.size()];
        lastEdges = new long[inputs.size()];
        lastNanos = new long[inputs.size()];
        primed = new boolean[inputs.size()];
    }

    @Override
    public List<ChannelInfo> channels() {
        return inputs.stream().map(i -> new ChannelInfo(i.name(), i.unit())).toList();
    }

    @Override
    public void start(Lines lines) {
        for (int i = 0; i < inputs.size(); i++) {
            earlierEdges[i] += lastEdges[i];
        }
        Arrays.fill(lastEdges, 0);
        Arrays.fill(primed, false);
    }

    @Override
    public void read(Lines lines, ReadingBuffer out) throws IOException {
        for (int i = 0; i < linear.size(); i++) {
            GpioLine line = lines.line(i);
            String type = inputs.get(i).type();
            if (type.isEmpty() || type.equals("level")) {
                linear.get(i).set(line.level() ? 1 : 0, out, i);
                continue;
            }
            long now = nanoClock.getAsLong();
            long edges = line.edges();
            if (edges < 0) {
                out.missing(i, "the line cannot tell its edges");
            } else if (type.equals("edges")) {
                linear.get(i).set(earlierEdges[i] + edges, out, i);
            } else if (!primed[i]) {
                out.missing(i, "first reading of a counter: no difference yet");
            } else if (now <= lastNanos[i]) {
                out.missing(i, "no time passed");
            } else {
                linear.get(i).set((edges - lastEdges[i]) * 1e9 / (now - lastNanos[i]), out, i);
            }
            lastEdges[i] = Math.max(0, edges);
            lastNanos[i] = now;
            primed[i] = true;
        }
    }
}
