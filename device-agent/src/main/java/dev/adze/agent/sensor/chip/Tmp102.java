package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * TI TMP102: temperature in 1/16 degC, twelve bits left-justified, or thirteen in extended mode, which the lowest bit
 * tells (data sheet SBOS397, tables 8 to 11).
 */
public final class Tmp102 implements Chip<I2cLink> {
    private static final int TEMPERATURE = 0;
    private static final int CONFIGURATION = 1;
    private static final int SHUT_DOWN = 0x0100;

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("temperature", "degC"));
    }

    @Override
    public void start(I2cLink link) throws IOException {
        int configuration = link.word(CONFIGURATION);
        if ((configuration & SHUT_DOWN) != 0 && configuration != 0xffff) {
            int wanted = configuration & ~SHUT_DOWN;
            link.write((byte) CONFIGURATION, (byte) (wanted >> 8), (byte) wanted);
        }
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        int raw = link.word(TEMPERATURE);
        boolean extended = (raw & 1) != 0;
        if (raw == 0xffff) {
            out.invalid(0, Lies.ALL_ONES);
            return;
        }
        double celsius = ((short) raw >> (extended ? 3 : 4)) / 16.0;
        if (celsius < -55 || celsius > 150) {
            out.invalid(0, "beyond what the chip can measure");
        } else {
            out.ok(0, celsius);
        }
    }
}
