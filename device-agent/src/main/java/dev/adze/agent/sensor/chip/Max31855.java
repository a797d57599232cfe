package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * Maxim MAX31855: temperature of a thermocouple in 1/4 degC and of its cold junction in 1/16 degC, in one word of 32
 * bits (data sheet 19-5793, table 2 to 5). A broken or short-circuited thermocouple is invalid, with the fault named.
 */
public final class Max31855 implements Chip<SpiLink> {
    private static final int RESERVED = 1 << 17 | 1 << 3;
    private static final int OPEN = 1;
    private static final int SHORT_TO_GROUND = 2;
    private static final int SHORT_TO_SUPPLY = 4;

    private final byte[] out = new byte[4];
    private final byte[] in = new byte[4];

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("temperature", "degC"), new ChannelInfo("junction", "degC"));
    }

    @Override
    public void start(SpiLink link) {
        // It only ever talks.
    }

    @Override
    public void read(SpiLink link, ReadingBuffer readings) throws IOException {
        link.transfer(out, in);
        int word = (in[0] & 0xff) << 24 | (in[1] & 0xff) << 16 | (in[2] & 0xff) << 8 | in[3] & 0xff;
        if (word == 0 || (word & RESERVED) != 0) {
            // Both temperatures exactly 0 is less likely than a wire that is not there.
            readings.invalid(0, word == 0 ? Lies.ALL_ZEROS : "no answer on the SPI bus");
            readings.invalid(1, word == 0 ? Lies.ALL_ZEROS : "no answer on the SPI bus");
            return;
        }
        if ((word & OPEN) != 0) {
            readings.invalid(0, "the thermocouple is open");
        } else if ((word & SHORT_TO_GROUND) != 0) {
            readings.invalid(0, "the thermocouple is shorted to ground");
        } else if ((word & SHORT_TO_SUPPLY) != 0) {
            readings.invalid(0, "the thermocouple is shorted to the supply");
        } else {
            readings.ok(0, (word >> 18) / 4.0);
        }
        readings.ok(1, ((short) word >> 4) / 16.0);
    }
}
