package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Sensirion SHT30, SHT31, SHT35: temperature and humidity, each word with its checksum (data sheet SHT3x-DIS, sections
 * 4.5 to 4.13). The chip measures by itself ten times a second; between two measurements it refuses to answer, and the
 * last one, at most 0.3 s old, stands.
 */
public final class Sht3x implements Chip<I2cLink> {
    private static final byte[] STOP = {0x30, (byte) 0x93};
    private static final byte[] TEN_A_SECOND_HIGH_REPEATABILITY = {0x27, 0x37};
    private static final byte[] FETCH = {(byte) 0xe0, 0x00};
    private static final long HOLD_NANOS = 300_000_000L;

    private final LongSupplier nanoClock;
    private final byte[] answer = new byte[6];
    private double temperature;
    private double humidity;
    private long measuredNanos;
    private boolean measured;

    public Sht3x(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("temperature", "degC"), new ChannelInfo("humidity", "%"));
    }

    @Override
    public void start(I2cLink link) throws IOException {
        measured = false;
        try {
            link.write(STOP);
        } catch (IOException e) {
            // An idle chip may refuse it; one that is not there refuses the next command as well.
        }
        link.write(TEN_A_SECOND_HIGH_REPEATABILITY);
        measuredNanos = nanoClock.getAsLong();
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        long now = nanoClock.getAsLong();
        try {
            link.write(FETCH);
            link.read(answer);
        } catch (IOException e) {
            if (now - measuredNanos > HOLD_NANOS) {
                throw e;
            }
            tell(out);
            return;
        }
        if (Lies.all(answer, 0xff)) {
            Lies.allOnes(out, 0, 2);
            return;
        }
        if (crc(answer, 0) != (answer[2] & 0xff) || crc(answer, 3) != (answer[5] & 0xff)) {
            out.invalid(0, Lies.CHECKSUM);
            out.invalid(1, Lies.CHECKSUM);
            return;
        }
        temperature = -45 + 175.0 * word(0) / 65535;
        humidity = 100.0 * word(3) / 65535;
        measured = true;
        measuredNanos = now;
        tell(out);
    }

    private int word(int at) {
        return (answer[at] & 0xff) << 8 | answer[at + 1] & 0xff;
    }

    private void tell(ReadingBuffer out) {
        if (measured) {
            out.ok(0, temperature);
            out.ok(1, humidity);
        } else {
            out.missAll("not measured yet");
        }
    }

    /** CRC-8 of two bytes: polynomial 0x31, start 0xff; 0xBEEF gives 0x92. */
    static int crc(byte[] bytes, int from) {
        int crc = 0xff;
        for (int i = from; i < from + 2; i++) {
            crc ^= bytes[i] & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x80) != 0 ? (crc << 1 ^ 0x31) & 0xff : crc << 1;
            }
        }
        return crc;
    }
}
