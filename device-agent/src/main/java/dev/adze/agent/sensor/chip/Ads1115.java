package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * TI ADS1115: 16-bit voltages of four inputs or of pairs of them, one after the other, 1.2 ms each (data sheet SBAS444,
 * section 9.6, at 860 samples a second). The raw number of an input is its voltage.
 */
public final class Ads1115 implements Chip<I2cLink> {
    private static final List<String> MULTIPLEXER = List.of("0-1", "0-3", "1-3", "2-3", "0", "1", "2", "3");
    private static final List<Double> RANGES = List.of(6.144, 4.096, 2.048, 1.024, 0.512, 0.256);
    private static final int CONVERSION = 0;
    private static final int CONFIGURATION = 1;
    /** Writing: begin one conversion. Reading: it is done. */
    private static final int BEGIN_OR_DONE = 0x8000;
    private static final int SINGLE_SHOT_860_SPS_NO_COMPARATOR = 0x0100 | 0x00e0 | 0x0003;
    private static final long LOOK_AGAIN_NANOS = 200_000;
    private static final int MOST_LOOKS = 50;

    private final List<Input> inputs;
    private final List<LinearInput> linear;
    private final double range;

    /** @param range full scale in volts: 6.144, 4.096, 2.048, 1.024, 0.512 or 0.256 */
    public Ads1115(List<Input> inputs, double range) {
        this.inputs = inputs;
        this.range = range;
        linear = inputs.stream().map(LinearInput::new).toList();
    }

    @Override
    public List<ChannelInfo> channels() {
        return inputs.stream().map(i -> new ChannelInfo(i.name(), i.unit())).toList();
    }

    @Override
    public void start(I2cLink link) throws IOException {
        link.word(CONFIGURATION);
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        for (int i = 0; i < linear.size(); i++) {
            int configuration = BEGIN_OR_DONE | MULTIPLEXER.indexOf(inputs.get(i).from()) << 12
                    | RANGES.indexOf(range) << 9 | SINGLE_SHOT_860_SPS_NO_COMPARATOR;
            link.write((byte) CONFIGURATION, (byte) (configuration >> 8), (byte) configuration);
            if (!done(link)) {
                out.missing(i, "the conversion does not end");
                continue;
            }
            int raw = (short) link.word(CONVERSION);
            if (raw == Short.MAX_VALUE || raw == Short.MIN_VALUE) {
                out.invalid(i, "beyond the range that is set");
            } else {
                linear.get(i).set(raw * range / 32768, out, i);
            }
        }
    }

    private static boolean done(I2cLink link) throws IOException {
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            if ((link.word(CONFIGURATION) & BEGIN_OR_DONE) != 0) {
                return true;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return false;
    }
}
