package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;
import java.io.IOException;
import java.util.List;

/**
 * Microchip MCP3008: 10-bit voltages of eight inputs or of pairs of them (data sheet DS21295, section 6.1: three bytes, the start bit
 * in the first). The raw number of an input is its voltage.
 */
public final class Mcp3008 implements Chip<SpiLink> {
    private static final List<String> PAIRS = List.of("0-1", "1-0", "2-3", "3-2", "4-5", "5-4", "6-7", "7-6");
    private static final int START = 1;
    private static final int SINGLE_ENDED = 0x80;
    /** The chip pulls the bit before the ten of the answer low. */
    private static final int NULL_BIT = 0x04;

    private final List<Input> inputs;
    private final List<LinearInput> linear;
    private final double reference;
    private final byte[] out = new byte[3];
    private final byte[] in = new byte[3];

    /** @param reference voltage at the VREF pin */
    public Mcp3008(List<Input> inputs, double reference) {
        this.inputs = inputs;
        this.reference = reference;
        linear = inputs.stream().map(LinearInput::new).toList();
    }

    @Override
    public List<ChannelInfo> channels() {
        return inputs.stream().map(i -> new ChannelInfo(i.name(), i.unit())).toList();
    }

    @Override
    public void start(SpiLink link) {
        // Nothing to set up, and no way to ask who is there.
    }

    @Override
    public void read(SpiLink link, ReadingBuffer readings) throws IOException {
        for (int i = 0; i < linear.size(); i++) {
            int pair = PAIRS.indexOf(inputs.get(i).from());
            out[0] = START;
            out[1] = (byte) (pair >= 0 ? pair << 4 : SINGLE_ENDED | Integer.parseInt(inputs.get(i).from()) << 4);
            out[2] = 0;
            link.transfer(out, in);
            if ((in[1] & NULL_BIT) != 0) {
                readings.invalid(i, "no answer on the SPI bus");
            } else {
                linear.get(i).set(((in[1] & 3) << 8 | in[2] & 0xff) * reference / 1024, readings, i);
            }
        }
    }
}
