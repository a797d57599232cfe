package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * TI INA226: voltage, current and power of one rail (data sheet SBOS547: bus voltage in steps of 1.25 mV, shunt voltage
 * in steps of 2.5 µV, two's complement). Current comes from the shunt voltage, so that the chip's calibration register,
 * which it forgets without power, plays no part.
 */
public final class Ina226 implements Chip<I2cLink> {
    private static final int CONFIGURATION = 0x00;
    private static final int SHUNT = 0x01;
    private static final int BUS = 0x02;
    private static final int MAKER = 0xfe;
    private static final int DIE = 0xff;
    private static final int TEXAS_INSTRUMENTS = 0x5449;
    private static final int INA226 = 0x2260;
    private static final int CONTINUOUSLY = 0x0007;

    private final double shuntOhms;

    public Ina226(double shuntOhms) {
        this.shuntOhms = shuntOhms;
    }

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("voltage", "V"), new ChannelInfo("current", "A"), new ChannelInfo("power", "W"));
    }

    @Override
    public void start(I2cLink link) throws IOException {
        int maker = link.word(MAKER);
        int die = link.word(DIE);
        if (maker != TEXAS_INSTRUMENTS || (die & 0xfff0) != INA226) {
            throw new WrongChip("INA226", maker == TEXAS_INSTRUMENTS ? die : maker);
        }
        int configuration = link.word(CONFIGURATION);
        if ((configuration & CONTINUOUSLY) != CONTINUOUSLY) {
            int wanted = configuration & 0x7fff | CONTINUOUSLY;
            link.write((byte) CONFIGURATION, (byte) (wanted >> 8), (byte) wanted);
        }
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        int bus = link.word(BUS);
        int shunt = link.word(SHUNT);
        if (bus == 0xffff) {
            // The bus voltage has no sign: bit 15 is always 0.
            Lies.allOnes(out, 0, 3);
            return;
        }
        double volts = bus * 1.25e-3;
        double amperes = (short) shunt * 2.5e-6 / shuntOhms;
        out.ok(0, volts);
        out.ok(1, amperes);
        out.ok(2, volts * amperes);
    }
}
