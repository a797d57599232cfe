package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.util.List;

/**
 * Bosch BME280: temperature, pressure, humidity, and its sister BMP280, whose humidity is always missing. Compensation in
 * double precision after the data sheets' own formulas (BST-BME280-DS002, section 8.1; BST-BMP280-DS001, section 8.1).
 * It measures by itself, each once and without filter, about every 10 ms.
 */
public final class Bme280 implements Chip<I2cLink> {
    private static final int IDENTITY = 0xd0;
    private static final int BME280 = 0x60;
    private static final int BMP280 = 0x58;
    private static final int CALIBRATION = 0x88;
    private static final int HUMIDITY_CALIBRATION = 0xe1;
    private static final int HUMIDITY_CONTROL = 0xf2;
    private static final int CONTROL = 0xf4;
    private static final int CONFIGURATION = 0xf5;
    private static final int DATA = 0xf7;
    /** Each quantity once a measurement; normal mode; 0.5 ms between measurements, no filter. */
    private static final byte ONCE = 1;
    private static final byte TEMPERATURE_AND_PRESSURE_ONCE_NORMAL_MODE = 0x27;
    private static final byte SHORTEST_PAUSE_NO_FILTER = 0;
    /** What the data registers hold before the first measurement. */
    private static final int NOT_MEASURED_20 = 0x80000;
    private static final int NOT_MEASURED_16 = 0x8000;
    private static final String NOT_MEASURED = "not measured yet";

    private final double[] t = new double[4];
    private final double[] p = new double[10];
    private final double[] h = new double[7];
    private final byte[] data = new byte[8];
    private boolean measuresHumidity;

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("temperature", "degC"), new ChannelInfo("pressure", "hPa"), new ChannelInfo("humidity", "%"));
    }

    @Override
    public void start(I2cLink link) throws IOException {
        int identity = link.octet(IDENTITY);
        if (identity != BME280 && identity != BMP280) {
            throw new WrongChip("BME280 or BMP280", identity);
        }
        measuresHumidity = identity == BME280;
        byte[] c = new byte[26];
        link.readRegister(CALIBRATION, c);
        for (int i = 1; i <= 3; i++) {
            int at = 2 * (i - 1);
            t[i] = i == 1 ? unsigned16(c, at) : signed16(c, at);
        }
        for (int i = 1; i <= 9; i++) {
            int at = 6 + 2 * (i - 1);
            p[i] = i == 1 ? unsigned16(c, at) : signed16(c, at);
        }
        if (measuresHumidity) {
            byte[] e = new byte[7];
            link.readRegister(HUMIDITY_CALIBRATION, e);
            h[1] = c[25] & 0xff;
            h[2] = signed16(e, 0);
            h[3] = e[2] & 0xff;
            h[4] = e[3] << 4 | e[4] & 0x0f;
            h[5] = e[5] << 4 | (e[4] & 0xff) >> 4;
            h[6] = e[6];
            // Takes effect with the next write to the control register.
            link.write((byte) HUMIDITY_CONTROL, ONCE);
        }
        link.write((byte) CONFIGURATION, SHORTEST_PAUSE_NO_FILTER);
        link.write((byte) CONTROL, TEMPERATURE_AND_PRESSURE_ONCE_NORMAL_MODE);
    }

    private static int unsigned16(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }

    private static int signed16(byte[] bytes, int at) {
        return (short) unsigned16(bytes, at);
    }

    @Override
    public void read(I2cLink link, ReadingBuffer out) throws IOException {
        link.readRegister(DATA, data);
        if (Lies.all(data, 0xff)) {
            Lies.allOnes(out, 0, 3);
            return;
        }
        int rawPressure = (data[0] & 0xff) << 12 | (data[1] & 0xff) << 4 | (data[2] & 0xff) >> 4;
        int rawTemperature = (data[3] & 0xff) << 12 | (data[4] & 0xff) << 4 | (data[5] & 0xff) >> 4;
        int rawHumidity = (data[6] & 0xff) << 8 | data[7] & 0xff;
        if (rawTemperature == NOT_MEASURED_20) {
            out.missAll(NOT_MEASURED);
            return;
        }
        double fine = fineTemperature(rawTemperature);
        set(out, 0, fine / 5120, -40, 85);
        if (rawPressure == NOT_MEASURED_20) {
            out.missing(1, NOT_MEASURED);
        } else {
            set(out, 1, pressure(rawPressure, fine) / 100, 300, 1100);
        }
        if (!measuresHumidity) {
            out.missing(2, "the chip is a BMP280, which does not measure it");
        } else if (rawHumidity == NOT_MEASURED_16) {
            out.missing(2, NOT_MEASURED);
        } else {
            out.ok(2, humidity(rawHumidity, fine));
        }
    }

    private static void set(ReadingBuffer out, int channel, double value, double least, double most) {
        if (value >= least && value <= most) {
            out.ok(channel, value);
        } else {
            out.invalid(channel, "beyond what the chip can measure");
        }
    }

    /** The temperature in 1/5120 degC, which the other two are compensated by. */
    private double fineTemperature(int raw) {
        double a = (raw / 16384.0 - t[1] / 1024.0) * t[2];
        double b = raw / 131072.0 - t[1] / 8192.0;
        return a + b * b * t[3];
    }

    /** In Pa; not finite where the calibration is none. */
    private double pressure(int raw, double fine) {
        double a = fine / 2 - 64000;
        double b = a * a * p[6] / 32768 + a * p[5] * 2;
        b = b / 4 + p[4] * 65536;
        double c = (p[3] * a * a / 524288 + p[2] * a) / 524288;
        c = (1 + c / 32768) * p[1];
        double pressure = ((1048576.0 - raw) - b / 4096) * 6250 / c;
        return pressure + (p[9] * pressure * pressure / 2147483648.0 + pressure * p[8] / 32768 + p[7]) / 16;
    }

    /** In percent. */
    private double humidity(int raw, double fine) {
        double a = fine - 76800;
        a = (raw - (h[4] * 64 + h[5] / 16384 * a)) * (h[2] / 65536 * (1 + h[6] / 67108864 * a * (1 + h[3] / 67108864 * a)));
        return Math.clamp(a * (1 - h[1] * a / 524288), 0, 100);
    }
}
