package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;

/** From the raw number of an input to its value: {@code scale * raw + offset}, unless it is a lie. */
public final class LinearInput {
    private final double scale;
    private final double offset;
    private final double least;
    private final double most;
    private final double lie;

    public LinearInput(Input input) {
        scale = input.scale();
        offset = input.offset();
        least = input.least().orElse(Double.NEGATIVE_INFINITY);
        most = input.most().orElse(Double.POSITIVE_INFINITY);
        lie = input.lie().orElse(Double.NaN);
    }

    public void set(double raw, ReadingBuffer out, int channel) {
        double value = scale * raw + offset;
        if (raw == lie) {
            out.invalid(channel, "the sensor's number for no value");
        } else if (value < least || value > most) {
            out.invalid(channel, "beyond the limits in the profile");
        } else {
            out.ok(channel, value);
        }
    }
}
