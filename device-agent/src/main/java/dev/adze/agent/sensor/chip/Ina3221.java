package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * TI INA3221, the power monitor of many boards: voltage, current and power of three rails (data sheet SBOS576: bus
 * voltage in steps of 8 mV and shunt voltage in steps of 40 µV, both from bit 3, two's complement). Power is the product
 * of the two, taken one conversion apart at most.
 */
public final class Ina3221 implements Chip<I2cLink> {
    private static final int CONFIGURATION = 0x00;
    private static final int SHUNT_1 = 0x01;
    private static final int BUS_1 = 0x02;
    private static final int MAKER = 0xfe;
    private static final int DIE = 0xff;
    private static final int TEXAS_INSTRUMENTS = 0x5449;
    private static final int INA3221 = 0x3220;
    /** As after power-on: all three channels, 1.1 ms a conversion, shunt and bus continuously. */
    private static final int ALL_CONTINUOUSLY = 0x7127;
    private static final int CHANNELS_AND_MODE = 0x7007;

    private final double shuntOhms;

    /** @param shuntOhms the resistance of each shunt */
    public Ina3221(double shuntOhms) {
        this.shuntOhms = shuntOhms;
    }

    @Override
    public List<ChannelInfo> channels() {
        return IntStream.rangeClosed(1, 3).boxed().flatMap(i -> Stream.of(new ChannelInfo("ch" + i + ".voltage", "V"),
                new ChannelInfo("ch" + i + ".current", "A"), new ChannelInfo("ch" + i + ".power", "W"))).toList();
    }

    @Override
    public void start(I2cLink link) throws IOException {
        int maker = link.word(MAKER);
        int die = link.word(DIE);
        if (maker != TEXAS_INSTRUMENTS || die != INA3221) {
            throw new WrongChip("INA3221", maker == TEXAS_INSTRUMENTS ? die : maker);
        }
        // Averaging and conversion time that somebody else has set stay.
        int configuration = link.word(CONFIGURATION);
        if ((configuration & CHANNELS_AND_MODE) != (ALL_CONTINUOUSLY & CHANNELS_AND_MODE)) {
            int wanted = configuration & ~CHANNELS_AND_MODE & 0x7fff | ALL_CONTINUOUSLY & CHANNELS_AND_MODE;
            link.write((byte) CONFIGURATION, (byte) (wanted >> 8), (byte) wanted);
        }
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        for (int i = 0; i < 3; i++) {
            int shunt = link.word(SHUNT_1 + 2 * i);
            int bus = link.word(BUS_1 + 2 * i);
            if (shunt == 0xffff || bus == 0xffff) {
                // Bits 2 to 0 are always 0.
                Lies.allOnes(out, 3 * i, 3);
                continue;
            }
            double volts = ((short) bus >> 3) * 8e-3;
            double amperes = ((short) shunt >> 3) * 40e-6 / shuntOhms;
            out.ok(3 * i, volts);
            out.ok(3 * i + 1, amperes);
            out.ok(3 * i + 2, volts * amperes);
        }
    }
}
