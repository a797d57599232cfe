package dev.adze.compress.cli;

import dev.adze.compress.advise.Advice;
import dev.adze.compress.advise.Advisor;
import dev.adze.compress.advise.Budget;
import dev.adze.compress.advise.Question;
import dev.adze.compress.data.DataSource;
import dev.adze.compress.data.DataSpec;
import dev.adze.compress.data.RecordingReader;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.report.AtomicText;
import dev.adze.profiles.Profile;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.AdzeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

@Command(name = "advise", mixinStandardHelpOptions = true, sortOptions = false, description = "Looks at data and device and"
        + " proposes an architecture and a recipe, with the reasons; writes a recipe that adze run takes.")
final class AdviseCommand implements Runnable {
    @Mixin
    private DataOptions data;

    @Option(names = "--target", required = true, paramLabel = "CHANNEL", description = "what to tell: a channel, or remaining-life")
    private String target;

    @Option(names = "--horizon", paramLabel = "STEPS", defaultValue = "-1", description = "how far ahead; 0: now, from the other"
            + " channels; default: proposed")
    private int horizon;

    @Option(names = "--profile", paramLabel = "PROFILE", description = "of the device, a file or a ready one's name: a step may take"
            + " a tenth of its sampling period")
    private String profile;

    @Option(names = "--latency", paramLabel = "MICROS", defaultValue = "0", description = "99th percentile that a step may take")
    private double latency;

    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "0", description = "that the int8 bundle may have")
    private long size;

    @Option(names = "--slower", paramLabel = "FACTOR", defaultValue = "1", description = "how many times slower the device is than"
            + " this machine, on which steps are timed; default: 1")
    private double slower;

    @Option(names = "--out", paramLabel = "FILE", description = "the recipe; default: TARGET.yaml in the working directory")
    private Path out;

    @Override
    public void run() {
        if (horizon < -1 || latency < 0 || size < 0 || !(slower > 0)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--horizon, --latency and --size must not be negative, and --slower above 0");
        }
        Path file = out != null ? out : Path.of(target.replaceAll("[^A-Za-z0-9._-]", "-") + ".yaml");
        if (Files.exists(file)) {
            throw new AdzeException(AdzeException.Kind.USAGE, file + " exists; name another with --out, or remove it");
        }
        DataSpec spec = data.toSpec();
        SensorRecording recording = RecordingReader.read(DataSource.resolve(spec));
        Advice advice = Advisor.advise(recording, new Question(target, horizon), budget(recording), dataSection());
        advice.reasons().forEach(System.out::println);
        AtomicText.write(file, advice.recipe());
        System.out.println("recipe: " + file + "; run it with ./adze run " + file);
    }

    private Budget budget(SensorRecording recording) {
        if (profile == null || latency > 0) {
            return new Budget(size, latency, slower, "as given");
        }
        Profile device = ProfileReader.readNamedOrPath(profile);
        double period = device.sensors().periodNanos() / 1e3;
        if (recording.periodMillis() > 0 && Math.abs(recording.periodMillis() * 1e3 / period - 1) > 0.1) {
            System.out.printf(Locale.ROOT, "profile %s samples every %.0f ms, but the data has a row every %d ms: a model of this data"
                    + " needs sensors.rate-hz: %.4g%n", device.name(), period / 1e3, recording.periodMillis(), 1e3 / recording.periodMillis());
        }
        return new Budget(size, period / 10, slower, "a tenth of the sampling period of profile " + device.name());
    }

    /** The options of reading as a recipe's data section, paths absolute, in flow style. */
    private String dataSection() {
        var section = new LinkedHashMap<String, Object>();
        section.put("files", data.paths.stream().map(path -> Path.of(path).toAbsolutePath().normalize().toString()).toList());
        put(section, "format", data.format.equals("auto") ? "" : data.format.toLowerCase(Locale.ROOT));
        put(section, "timeColumn", data.timeColumn);
        put(section, "timeUnit", data.timeUnit);
        put(section, "timeFormat", data.timeFormat);
        put(section, "unitColumn", data.unitColumn);
        put(section, "seriesBy", data.seriesBy.equals("auto") ? "" : data.seriesBy.toLowerCase(Locale.ROOT));
        put(section, "separator", data.separator.equals("\\t") ? "\t" : data.separator);
        if (data.periodMillis > 0) {
            section.put("periodMillis", data.periodMillis);
        }
        if (data.missing != null) {
            section.put("missing", data.missing);
        }
        if (!data.keep.isEmpty()) {
            section.put("keep", data.keep);
        }
        if (!data.drop.isEmpty()) {
            section.put("drop", data.drop);
        }
        return JsonMapper.shared().writeValueAsString(section); // JSON is YAML
    }

    private static void put(LinkedHashMap<String, Object> section, String key, String value) {
        if (!value.isEmpty()) {
            section.put(key, value);
        }
    }
}
