package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * LM75 and its many heirs: temperature from register 0, left-justified two's complement with one bit for 128 degC. Nine
 * bits of the first LM75, eleven of the LM75A and B (NXP data sheet, table 9), twelve of the TMP75 mean the same in this
 * form; bits that a chip lacks are 0.
 */
public final class Lm75 implements Chip<I2cLink> {
    private static final int TEMPERATURE = 0;
    private static final int CONFIGURATION = 1;
    private static final int SHUT_DOWN = 1;

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("temperature", "degC"));
    }

    @Override
    public void start(I2cLink link) throws IOException {
        int configuration = link.octet(CONFIGURATION);
        if ((configuration & SHUT_DOWN) != 0 && configuration != 0xff) {
            link.write((byte) CONFIGURATION, (byte) (configuration & ~SHUT_DOWN));
        }
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        int raw = link.word(TEMPERATURE);
        if (raw == 0xffff) {
            // Bits 3 to 0 are always 0.
            out.invalid(0, Lies.ALL_ONES);
            return;
        }
        double celsius = (short) raw / 256.0;
        if (celsius < -55) {
            out.invalid(0, "beyond what the chip can measure");
        } else {
            out.ok(0, celsius);
        }
    }
}
