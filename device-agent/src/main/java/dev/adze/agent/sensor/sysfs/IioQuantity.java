package dev.adze.agent.sensor.sysfs;

import java.util.Arrays;

/** Kinds of industrial I/O channels: prefix, unit and scale of the kernel's Documentation/ABI/testing/sysfs-bus-iio. */
enum IioQuantity {
    VOLTAGE("voltage", "V", 1e-3),
    CURRENT("current", "A", 1e-3),
    POWER("power", "W", 1e-3),
    RESISTANCE("resistance", "Ohm", 1),
    TEMPERATURE("temp", "degC", 1e-3),
    HUMIDITY("humidityrelative", "%", 1e-3),
    /** From kilopascal. */
    PRESSURE("pressure", "hPa", 10),
    ACCELERATION("accel", "m/s^2", 1),
    ROTATION("anglvel", "rad/s", 1),
    MAGNETIC("magn", "G", 1),
    ILLUMINANCE("illuminance", "lx", 1),
    DISTANCE("distance", "m", 1),
    ANGLE("angl", "rad", 1),
    INCLINATION("incli", "deg", 1),
    CONCENTRATION("concentration", "%", 1),
    /** Counts and kinds that we do not know: as the driver gives them. */
    OTHER("", "", 1);

    private final String prefix;
    private final String unit;
    private final double scale;

    IioQuantity(String prefix, String unit, double scale) {
        this.prefix = prefix;
        this.unit = unit;
        this.scale = scale;
    }

    String unit() {
        return unit;
    }

    /** Our unit over the kernel's. */
    double scale() {
        return scale;
    }

    /** @param channel for example {@code accel_x} or {@code voltage0} */
    static IioQuantity of(String channel) {
        return Arrays.stream(values()).filter(q -> channel.replaceAll("([0-9-]|_).*$", "").equals(q.prefix)).findFirst().orElse(OTHER);
    }
}
