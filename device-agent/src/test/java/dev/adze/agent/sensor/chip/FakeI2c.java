package dev.adze.agent.sensor.chip;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A chip of registers: 256 of a byte each, or of two bytes; remembers what is written to it. */
final class FakeI2c implements I2cLink {
    final List<String> written = new ArrayList<>();
    private final int width;
    private final byte[] memory = new byte[1024];
    private byte[] answer = new byte[0];
    IOException failure;

    private FakeI2c(int width) {
        this.width = width;
    }

    static FakeI2c bytes() {
        return new FakeI2c(1);
    }

    static FakeI2c words() {
        return new FakeI2c(2);
    }

    FakeI2c put(int register, int... values) {
        for (int i = 0; i < values.length; i++) {
            if (width == 2) {
                memory[2 * (register + i)] = (byte) (values[i] >> 8);
                memory[2 * (register + i) + 1] = (byte) values[i];
            } else {
                memory[register + i] = (byte) values[i];
            }
        }
        return this;
    }

    /** What reading without a register gives. */
    FakeI2c answer(String hex) {
        answer = HexFormat.of().parseHex(hex);
        return this;
    }

    @Override
    public void write(byte... bytes) throws IOException {
        if (failure != null) {
            throw failure;
        }
        written.add(HexFormat.of().formatHex(bytes));
        for (int i = 1; i < bytes.length; i++) {
            memory[(bytes[0] & 0xff) * width + i - 1] = bytes[i];
        }
    }

    @Override
    public void read(byte[] in) throws IOException {
        if (failure != null) {
            throw failure;
        }
        System.arraycopy(answer, 0, in, 0, in.length);
    }

    @Override
    public void readRegister(int register, byte[] in) throws IOException {
        if (failure != null) {
            throw failure;
        }
        System.arraycopy(memory, register * width, in, 0, in.length);
    }

    @Override
    public void close() {}
}
