package dev.adze.agent.sensor.chip;

import java.io.IOException;

/** One chip on an SPI bus. */
public interface SpiLink extends AutoCloseable {
    /** Sends {@code out} while receiving as many bytes into {@code in}. */
    void transfer(byte[] out, byte[] in) throws IOException;

    @Override
    void close();
}
