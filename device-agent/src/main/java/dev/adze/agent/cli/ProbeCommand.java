package dev.adze.agent.cli;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.SensorPanel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "probe",
        description = "Reads every channel of this device once and tells its value and what reading it costs.",
        mixinStandardHelpOptions = true)
final class ProbeCommand implements Callable<Integer> {
    /** Rates need two readings with some time between them. */
    private static final long BETWEEN_NANOS = 500_000_000L;
    private static final long LIMIT_NANOS = 2_000_000_000L;
    /** The first readings run cold code and open files; the least of some is what a sampler pays. */
    private static final int TIMED_READINGS = 20;

    @Option(names = "--profile", paramLabel = "PROFILE",
            description = "Also the devices that this profile names.")
    private String profileName;

    @Option(names = "--root", hidden = true, defaultValue = "/")
    private Path root;

    @Override
    public Integer call() {
        MonotonicClock clock = MonotonicClock.system();
        List<SensorGroup> groups = ProfileSensors.groups(profileName, root, clock::nanoTime);
        int width = groups.stream().flatMap(g -> g.channels().stream()).mapToInt(c -> c.name().length()).max().orElse(7);
        for (SensorGroup group : groups) {
            probe(group, clock, width);
        }
        return 0;
    }

    private static void probe(SensorGroup group, MonotonicClock clock, int width) {
        var readings = new ReadingBuffer(group.channels().size());
        try (var panel = new SensorPanel(new SensorCatalog("this device", List.of(group)).all(), clock)) {
            panel.read(clock.nanoTime(), LIMIT_NANOS, readings);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < TIMED_READINGS && panel.quarantinedCount() == 0; i++) {
                long start = clock.nanoTime();
                panel.read(start, LIMIT_NANOS, readings);
                least = Math.min(least, clock.nanoTime() - start);
            }
            if (panel.quarantinedCount() == 0) {
                long until = clock.nanoTime() + BETWEEN_NANOS;
                while (clock.nanoTime() - until < 0) {
                    clock.parkUntil(until);
                }
                panel.read(clock.nanoTime(), LIMIT_NANOS, readings);
            }
            System.out.printf(Locale.ROOT, "%s: %s%n", group.name(), panel.quarantinedCount() > 0
                    ? "no answer within " + LIMIT_NANOS / 1_000_000 + " ms"
                    : least / 1000 + " µs for all its channels");
        }
        for (int i = 0; i < readings.size(); i++) {
            ChannelInfo channel = group.channels().get(i);
            System.out.printf("  %-" + width + "s  %s%n", channel.name(), describe(readings.get(i), channel.unit()));
        }
    }

    private static String describe(Reading reading, String unit) {
        return switch (reading) {
            case Reading.Ok(double value) -> String.format(Locale.ROOT, "%.6g %s", value, unit).strip();
            case Reading.Invalid(String reason) -> "invalid: " + reason;
            case Reading.Missing(String reason) -> "missing: " + reason;
        };
    }
}
