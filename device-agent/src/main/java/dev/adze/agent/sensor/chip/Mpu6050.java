package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * InvenSense MPU-6050: acceleration and rotation on three axes and the chip's temperature, all of one instant (register
 * map RM-MPU-6000A, sections 4.4 to 4.19 and 4.28, 4.32).
 */
public final class Mpu6050 implements Chip<I2cLink> {
    private static final int GYRO_CONFIGURATION = 0x1b;
    private static final int ACCEL_CONFIGURATION = 0x1c;
    private static final int DATA = 0x3b;
    private static final int POWER = 0x6b;
    private static final int WHO_AM_I = 0x75;
    private static final int MPU6050 = 0x68;
    /** Awake, by the clock of the X gyroscope, which the map recommends. */
    private static final byte AWAKE = 1;
    private static final double STANDARD_GRAVITY = 9.80665;

    private final int gravities;
    private final int degreesPerSecond;
    private final byte[] data = new byte[14];

    /**
     * @param gravities        full scale of the acceleration: 2, 4, 8 or 16 g
     * @param degreesPerSecond full scale of the rotation: 250, 500, 1000 or 2000
     */
    public Mpu6050(int gravities, int degreesPerSecond) {
        this.gravities = gravities;
        this.degreesPerSecond = degreesPerSecond;
    }

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("acceleration.x", "m/s^2"), new ChannelInfo("acceleration.y", "m/s^2"),
                new ChannelInfo("acceleration.z", "m/s^2"), new ChannelInfo("temperature", "degC"),
                new ChannelInfo("rotation.x", "deg/s"), new ChannelInfo("rotation.y", "deg/s"), new ChannelInfo("rotation.z", "deg/s"));
    }

    @Override
    public void start(I2cLink link) throws IOException {
        int identity = link.octet(WHO_AM_I);
        if (identity != MPU6050) {
            throw new WrongChip("MPU-6050", identity);
        }
        link.write((byte) POWER, AWAKE);
        link.write((byte) GYRO_CONFIGURATION, (byte) (log2(degreesPerSecond / 250) << 3));
        link.write((byte) ACCEL_CONFIGURATION, (byte) (log2(gravities / 2) << 3));
    }

    private static int log2(int powerOfTwo) {
        return Integer.numberOfTrailingZeros(powerOfTwo);
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        link.readRegister(DATA, data);
        if (Lies.all(data, 0xff)) {
            Lies.allOnes(out, 0, 7);
            return;
        }
        for (int i = 0; i < 7; i++) {
            int raw = (short) ((data[2 * i] & 0xff) << 8 | data[2 * i + 1] & 0xff);
            if (i == 3) {
                out.ok(i, raw / 340.0 + 36.53);
            } else if (raw == Short.MIN_VALUE || raw == Short.MAX_VALUE) {
                out.invalid(i, "beyond the range that is set");
            } else if (i < 3) {
                out.ok(i, raw / 32768.0 * gravities * STANDARD_GRAVITY);
            } else {
                // 131, 65.5, 32.8, 16.4 steps a degree per second: a little less than the full scale of the name.
                out.ok(i, raw / (131.0 * 250) * degreesPerSecond);
            }
        }
    }
}
