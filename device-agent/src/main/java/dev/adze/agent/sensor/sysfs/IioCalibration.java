package dev.adze.agent.sensor.sysfs;

import java.nio.file.Path;
import java.util.List;

/**
 * From a raw number to a value in our unit: {@code (raw + offset) * scale}, by the driver's own files, of the channel or of
 * all of its kind: {@code in_accel_x_scale}, else {@code in_accel_scale}. NaN where a file holds no number.
 */
record IioCalibration(double offset, double scale) {
    static IioCalibration of(Path folder, String channel) {
        return new IioCalibration(factor(folder, channel, "offset", 0), factor(folder, channel, "scale", 1) * IioQuantity.of(channel).scale());
    }

    private static double factor(Path folder, String channel, String what, double otherwise) {
        String shared = channel.replaceAll("[0-9-]+$|_.*$", "");
        for (String of : List.of(channel, shared)) {
            try {
                String text = SysfsNames.line(folder.resolve("in_" + of + "_" + what));
                if (!text.isEmpty()) {
                    return Double.parseDouble(text);
                }
            } catch (NumberFormatException e) {
                return Double.NaN;
            }
        }
        return otherwise;
    }

    double value(double raw) {
        return (raw + offset) * scale;
    }
}
