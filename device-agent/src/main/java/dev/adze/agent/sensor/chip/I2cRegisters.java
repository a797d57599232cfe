package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Any I2C chip whose numbers stand in registers: {@code 0x02} of a type ({@code u16}, the high byte first, unless it
 * says {@code le}), or some of its bits, {@code 0x02[15:3]}, whose highest is the sign if the type has one. It is read
 * only: a chip that has to be set up first needs a driver.
 */
public final class I2cRegisters implements Chip<I2cLink> {
    private static final Pattern FORM = Pattern.compile("0x([0-9a-fA-F]{1,2})(?:\\[([0-9]{1,2}):([0-9]{1,2})])?");

    private final List<Input> inputs;
    private final List<Register> registers;

    private record Register(int address, byte[] bytes, boolean signed, boolean littleEndian, boolean real, int high, int low,
            LinearInput linear) {
        static Register of(Input input) {
            Matcher m = FORM.matcher(input.from());
            if (!m.matches()) {
                throw new IllegalArgumentException(input.from());
            }
            String type = input.type().isEmpty() ? "u8" : input.type();
            int bits = Integer.parseInt(type.replaceAll("[^0-9]", ""));
            int high = m.group(2) == null ? bits - 1 : Integer.parseInt(m.group(2));
            int low = m.group(2) == null ? 0 : Integer.parseInt(m.group(3));
            boolean real = type.startsWith("f");
            if (low > high || high >= bits || real && (low > 0 || high < bits - 1)) {
                throw new AdzeException(Kind.USAGE, "input " + input.name() + ": " + input.from() + " are no bits of a number of type "
                        + type + "; give the highest first, at most " + (bits - 1));
            }
            return new Register(Integer.parseInt(m.group(1), 16), new byte[bits / 8], type.startsWith("s"),
                    type.endsWith("le"), real, high, low, new LinearInput(input));
        }

        double decode() {
            long word = 0;
            for (int i = 0; i < bytes.length; i++) {
                word = word << 8 | bytes[littleEndian ? bytes.length - 1 - i : i] & 0xff;
            }
            if (real) {
                return Float.intBitsToFloat((int) word);
            }
            int unused = Long.SIZE - 1 - high;
            long left = word << unused;
            return signed ? left >> unused + low : left >>> unused + low;
        }
    }

    public I2cRegisters(List<Input> inputs) {
        this.inputs = inputs;
        registers = inputs.stream().map(Register::of).toList();
    }

    @Override
    public List<ChannelInfo> channels() {
        return inputs.stream().map(i -> new ChannelInfo(i.name(), i.unit())).toList();
    }

    @Override
    public void start(I2cLink link) {
        // What this chip is, only the profile knows.
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        for (int i = 0; i < registers.size(); i++) {
            Register register = registers.get(i);
            link.readRegister(register.address(), register.bytes());
            register.linear().set(register.decode(), out, i);
        }
    }
}
