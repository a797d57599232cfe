package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;
import java.io.IOException;
import java.util.List;

/**
 * Channels of a PWM chip: duty cycle in percent and frequency in hertz, of what it is set to give or, where the chip can
 * measure, of what comes in. A fan's tachometer of two pulses a turn is a captured frequency times 30 in 1/min.
 */
public final class PwmLines implements Chip<PwmLines.Lines> {
    /** The channels of one chip, in the order of the inputs. */
    public interface Lines extends AutoCloseable {
        PwmLine line(int index);

        @Override
        void close();
    }

    private static final double NANOS = 1e9;

    private final List<Input> inputs;
    private final List<LinearInput> linear;

    public PwmLines(List<Input> inputs) {
        this.inputs = inputs;
        linear = inputs.stream().map(LinearInput::new).toList();
    }

    @Override
    public List<ChannelInfo> channels() {
        return inputs.stream().map(i -> new ChannelInfo(i.name(), i.unit())).toList();
    }

    @Override
    public void start(Lines lines) {}

    @Override
    public void read(Lines lines, ReadingBuffer out) throws IOException {
        for (int i = 0; i < linear.size(); i++) {
            String type = inputs.get(i).type();
            PwmLine.Signal signal = type.startsWith("captured-") ? lines.line(i).input() : lines.line(i).output();
            boolean frequency = type.endsWith("frequency");
            if (signal.periodNanos() < 0 || signal.highNanos() < 0 || signal.highNanos() > signal.periodNanos()) {
                out.invalid(i, "the pin is high for longer than a period");
            } else if (signal.periodNanos() == 0) {
                linear.get(i).set(0, out, i);
            } else {
                linear.get(i).set(frequency ? NANOS / signal.periodNanos() : 100.0 * signal.highNanos() / signal.periodNanos(), out, i);
            }
        }
    }
}
