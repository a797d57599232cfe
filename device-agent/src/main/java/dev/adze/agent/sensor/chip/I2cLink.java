package dev.adze.agent.sensor.chip;

import java.io.IOException;

/** One chip on an I2C bus. Every method is one transfer, and fails if the chip does not acknowledge it. */
public interface I2cLink extends AutoCloseable {
    void write(byte... bytes) throws IOException;

    /** Fills {@code in} without saying from where. */
    void read(byte[] in) throws IOException;

    /** Fills {@code in} from this register on, most chips counting up by themselves. */
    void readRegister(int register, byte[] in) throws IOException;

    /** A register of two bytes, the high one first. */
    default int word(int register) throws IOException {
        byte[] two = new byte[2];
        readRegister(register, two);
        return (two[0] & 0xff) << 8 | two[1] & 0xff;
    }

    default int octet(int register) throws IOException {
        byte[] one = new byte[1];
        readRegister(register, one);
        return one[0] & 0xff;
    }

    @Override
    void close();
}
