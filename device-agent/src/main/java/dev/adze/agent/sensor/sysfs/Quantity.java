package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ReadingBuffer;

/**
 * What a hwmon or thermal attribute measures: its file prefix, its word in channel names, our unit, the kernel's scale (Documentation/hwmon/
 * sysfs-interface) and the range outside of which a value is a lie rather than a measurement.
 */
enum Quantity implements SysfsAttribute.Meaning {
    /** From millidegrees. Drivers report units that are switched off as -256 or -40,000 degrees, broken ones as 2,147,483. */
    TEMPERATURE("temp", "temperature", "degC", 1e-3, -200, 1000),
    VOLTAGE("in", "voltage", "V", 1e-3, -1000, 1000),
    CURRENT("curr", "current", "A", 1e-3, -10_000, 10_000),
    POWER("power", "power", "W", 1e-6, -100_000, 100_000),
    ENERGY("energy", "energy", "J", 1e-6, 0, 1e15),
    FAN("fan", "speed", "1/min", 1, 0, 200_000),
    HUMIDITY("humidity", "humidity", "%", 1e-3, 0, 100),
    FREQUENCY("freq", "frequency", "Hz", 1, 0, 1e12),
    /** From 255ths; the files have no ending. */
    DUTY("pwm", "duty", "%", 100 / 255.0, 0, 100.1);

    private final String prefix;
    private final String word;
    private final String unit;
    private final double scale;
    private final double least;
    private final double most;

    Quantity(String prefix, String word, String unit, double scale, double least, double most) {
        this.prefix = prefix;
        this.word = word;
        this.unit = unit;
        this.scale = scale;
        this.least = least;
        this.most = most;
    }

    String prefix() {
        return prefix;
    }

    /** In channel names. */
    String word() {
        return word;
    }

    String unit() {
        return unit;
    }

    double scaled(double raw) {
        return raw * scale;
    }

    @Override
    public void set(double raw, ReadingBuffer out, int index) {
        double value = scaled(raw);
        if (value < least || value > most) {
            out.invalid(index, "beyond what can be: a sentinel of the driver");
        } else {
            out.ok(index, value);
        }
    }
}
