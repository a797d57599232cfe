package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.chip.LinearInput;
import dev.adze.profiles.SensorDevice.Input;
import java.nio.ByteBuffer;

/**
 * What a channel's numbers since the last reading come to: the newest, mean, least, most, or root of the mean square. The
 * number of {@code timestamp} is the time since the scan before, in seconds.
 */
final class ScanInput {
    static final String TIMESTAMP = "timestamp";
    private static final double SECONDS_PER_NANO = 1e-9;

    private final Input input;
    private final LinearInput linear;
    private final ScanFormat format;
    private final int at;
    private final IioCalibration calibration;
    private long count;
    private double last;
    private double sum;
    private double squares;
    private double least;
    private double most;
    private long lastStamp = Long.MIN_VALUE;

    /** @param at place in the scan */
    ScanInput(Input input, ScanFormat format, int at, IioCalibration calibration) {
        this.input = input;
        this.format = format;
        this.at = at;
        this.calibration = calibration;
        linear = new LinearInput(input);
    }

    void take(ByteBuffer scans, int scan) {
        long raw = format.read(scans, scan + at);
        if (!input.from().equals(TIMESTAMP)) {
            add(calibration.value(raw));
            return;
        }
        if (lastStamp != Long.MIN_VALUE) {
            add((raw - lastStamp) * SECONDS_PER_NANO);
        }
        lastStamp = raw;
    }

    private void add(double value) {
        least = count == 0 ? value : Math.min(least, value);
        most = count == 0 ? value : Math.max(most, value);
        sum += value;
        squares += value * value;
        last = value;
        count++;
    }

    /** @return whether there was anything to tell; then it counts from 0 again */
    boolean tell(ReadingBuffer out, int index) {
        if (count == 0) {
            return false;
        }
        linear.set(switch (input.type()) {
            case "mean" -> sum / count;
            case "least" -> least;
            case "most" -> most;
            case "rms" -> Math.sqrt(squares / count);
            default -> last;
        }, out, index);
        count = 0;
        sum = 0;
        squares = 0;
        return true;
    }
}
