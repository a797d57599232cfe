package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The power mode of a Jetson, by its number in /etc/nvpmodel.conf: what nvpmodel keeps in /var/lib/nvpmodel/status
 * ({@code pmode:0002}), or what {@code nvpmodel -q} prints, put into that file. Needs neither root nor the program.
 */
public final class PowerMode implements SensorGroup {
    private static final Pattern KEPT = Pattern.compile("pmode:([0-9]{1,4})");
    private static final Pattern PRINTED = Pattern.compile("NV Power Mode:[^\\n]*\\n([0-9]{1,4})\\b");

    private final Path status;

    private PowerMode(Path status) {
        this.status = status;
    }

    /** @param root {@code /}, or a recorded tree */
    public static List<SensorGroup> discover(Path root) {
        Path status = root.resolve("var/lib/nvpmodel/status");
        return Files.isRegularFile(status) ? List.of(new PowerMode(status)) : List.of();
    }

    @Override
    public String name() {
        return "nvpmodel";
    }

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("nvpmodel.mode", ""));
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        try {
            String text = Files.readString(status);
            Matcher kept = KEPT.matcher(text);
            Matcher printed = PRINTED.matcher(text);
            Matcher found = kept.find() ? kept : printed.find() ? printed : null;
            if (found == null) {
                out.invalid(0, "the file names no power mode");
            } else {
                out.ok(0, Integer.parseInt(found.group(1)));
            }
        } catch (NoSuchFileException e) {
            out.missing(0, "the sensor is gone");
        } catch (IOException e) {
            out.missing(0, "the file cannot be read");
        }
    }

    @Override
    public void close() {}
}
