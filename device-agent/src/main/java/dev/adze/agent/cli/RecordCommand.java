package dev.adze.agent.cli;

import dev.adze.agent.record.Recorder;
import dev.adze.agent.record.RecordingRecovery;
import dev.adze.agent.record.RecordingWriter;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorCatalog.Source;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.SensorPanel;
import dev.adze.agent.sensor.host.HostGroup;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "record",
        description = "Samples this host's own sensors at a fixed rate into a recording (CSV).",
        mixinStandardHelpOptions = true)
final class RecordCommand implements Callable<Integer> {
    /** A killed recorder loses at most this much. */
    private static final double FLUSH_SECONDS = 4;

    @ParentCommand
    private Main main;

    @Option(names = "--rate", paramLabel = "HZ", defaultValue = "2",
            description = "Samples a second, 0.01 to 100 (default: ${DEFAULT-VALUE}).")
    private double rateHz;

    @Option(names = "--duration", paramLabel = "TIME",
            description = "How long, for example 90s, 60m or 2h (default: until stopped).")
    private String duration;

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = "NAME.csv or NAME.csv.gz; written as FILE.partial until it is whole.")
    private Path output;

    @Option(names = "--channels", paramLabel = "NAME", split = ",",
            description = "Only these channels, in this order (default: the 32 host figures); `adze-agent sensors` lists them.")
    private List<String> channels = List.of();

    @Option(names = "--with-hwmon",
            description = "Also record whatever else this board tells of: hwmon chips, thermal zones, industrial I/O, clocks.")
    private boolean withHwmon;

    @Option(names = "--profile", paramLabel = "PROFILE",
            description = "Also record whatever else this board tells of, and the devices that this profile names.")
    private String profileName;

    @Option(names = "--recover",
            description = "Make a whole recording of the FILE.partial that a killed recorder left.")
    private boolean recover;

    @Override
    public Integer call() {
        String name = String.valueOf(output.getFileName());
        if (!name.endsWith(".csv") && !name.endsWith(".csv.gz")) {
            throw new AdzeException(Kind.USAGE, "--output " + output + ": the name must end in .csv or .csv.gz");
        }
        if (recover) {
            System.out.printf("%s: %d rows recovered%n", output, RecordingRecovery.recover(output));
            return 0;
        }
        if (!(rateHz >= 0.01 && rateHz <= 100)) {
            throw new AdzeException(Kind.USAGE, "--rate " + plain(rateHz) + " is not in 0.01 to 100 Hz");
        }
        long slots = duration == null ? Long.MAX_VALUE : Math.max(1, Math.round(Durations.seconds("--duration", duration) * rateHz));
        main.stopSignal().whilePreparing();
        MonotonicClock clock = MonotonicClock.system();
        try (SensorPanel panel = new SensorPanel(sources(clock), clock);
                RecordingWriter writer = new RecordingWriter(output, panel.channels())) {
            record(panel, writer, clock, slots);
        }
        return 0;
    }

    private static String plain(double number) {
        return String.valueOf(number).replaceAll("\\.0$", "");
    }

    private List<Source> sources(MonotonicClock clock) {
        boolean all = withHwmon || profileName != null || !channels.isEmpty();
        List<SensorGroup> groups = all ? ProfileSensors.groups(profileName, Path.of("/"), clock::nanoTime)
                : List.of(new HostGroup(Path.of("/"), clock::nanoTime));
        var catalog = new SensorCatalog("this device", groups);
        if (channels.isEmpty()) {
            return catalog.all();
        }
        if (channels.stream().distinct().count() < channels.size()) {
            throw new AdzeException(Kind.USAGE, "--channels names a channel twice");
        }
        return channels.stream().map(name -> catalog.find(name, "")).toList();
    }

    private void record(SensorPanel panel, RecordingWriter writer, MonotonicClock clock, long slots) {
        panel.prime();
        long delayMillis = Math.round(Math.min(1000, 1000 / rateHz));
        long startNanos = clock.nanoTime() + delayMillis * 1_000_000;
        long startEpochMillis = System.currentTimeMillis() + delayMillis;
        Recorder recorder = new Recorder(panel, writer, clock, startNanos, startEpochMillis, rateHz, FLUSH_SECONDS);
        main.stopSignal().onSignal(recorder::stop);
        System.out.printf(Locale.ROOT, "recording %d channels at %s Hz to %s%n", panel.channels().size(),
                plain(rateHz), output);
        Recorder.Summary summary = recorder.run(slots);
        writer.finish();
        System.out.printf(Locale.ROOT, "%s: %d rows, %d missed deadlines, latest sample %.1f ms late%s%n", output,
                summary.rows(), summary.missed(), summary.maxLatenessNanos() / 1e6,
                summary.sensorTimeouts() == 0 ? "" : ", " + summary.sensorTimeouts() + " sensor time-outs");
    }
}
