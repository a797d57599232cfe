package dev.adze.profiles;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;

/**
 * What one device runs: which bundle, on which sensors, how fast, with which kernel, reporting where.
 *
 * <p>Made by {@link ProfileReader} from a YAML file of format {@value #FORMAT}; docs/profile-format.md is the
 * specification. Paths are resolved already: relative ones against the profile's folder, those of a ready profile
 * against the working directory.
 *
 * @param name      letters, digits, dot, dash and underscore
 * @param device    the board this profile was written for
 * @param bundle    the model to run; empty where the command line has to name it
 * @param sensors   what is read, how often, and from where
 * @param runtime   how the model is computed
 * @param reporting where latency and decisions go
 * @param state     what is kept over a restart
 * @param alarms    what is watched in the model's outputs, and what is done then
 * @param serving   the model as a service for other programs; empty for none
 * @param drift     when the model's inputs and outputs count as drifted
 * @param origin    the file, or {@code ready profile NAME}; for messages
 */
public record Profile(
        String name,
        Device device,
        Optional<Path> bundle,
        Sensors sensors,
        RuntimeOptions runtime,
        Reporting reporting,
        State state,
        List<Alarm> alarms,
        Optional<Serving> serving,
        Drift drift,
        String origin) {
    public Profile {
        alarms = List.copyOf(alarms);
    }


    /** The value of {@code adze-profile:} that this class stands for. */
    public static final int FORMAT = 1;

    /**
     * @param board   model name, as on the box or in {@code /proc/device-tree/model}
     * @param soc     system on chip, for example {@code tegra234}; empty where it does not matter
     * @param arch    processor architecture the bundle and native parts must fit
     * @param jetpack JetPack version line on NVIDIA boards, for example {@code 6.2}
     * @param cuda    CUDA version that comes with it, for example {@code 12.6}
     */
    public record Device(String board, String soc, Arch arch, Optional<String> jetpack, Optional<String> cuda) {}

    public enum Arch { ANY, X86_64, AARCH64 }

    /**
     * @param rateHz   samples a second, in (0, 1000]
     * @param deadline after which a channel that has not answered counts as missing in that sample; at most one period
     * @param channels channel name of the bundle to where it is read, in the file's order; a channel that the bundle
     *                 names and this map does not is the device's own channel of that name ({@link #source})
     * @param devices  sensors that the board cannot tell of by itself, in the file's order
     * @param rates    group of channels to how often a second it is read by itself, instead of at every sample
     */
    public record Sensors(double rateHz, Duration deadline, SequencedMap<String, ChannelSource> channels,
            List<SensorDevice> devices, Map<String, Double> rates) {
        public Sensors {
            channels = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(channels));
            devices = List.copyOf(devices);
            rates = Collections.unmodifiableMap(new LinkedHashMap<>(rates));
        }

        /** Time between two samples, in nanoseconds. */
        public long periodNanos() {
            return Math.round(1e9 / rateHz);
        }

        /** Where the channel of that name is read. */
        public ChannelSource source(String channel) {
            ChannelSource given = channels.get(channel);
            return given == null ? ChannelSource.ofDeviceChannel(channel) : given;
        }
    }

    /**
     * Where a channel comes from, in YAML {@code driver:locator}.
     *
     * @param driver  what reads it
     * @param locator what to read, in the driver's own terms (docs/profile-format.md); never empty
     */
    public record ChannelSource(Driver driver, String locator) {
        public enum Driver {
            /** A channel by the very name that {@code adze-agent sensors} lists it under: {@code host:cpu.busy}. */
            HOST,
            /** An input of a hardware monitoring chip: {@code hwmon:ina3221.vdd_in.voltage}. */
            HWMON,
            /** A thermal zone by its type: {@code thermal:cpu-thermal}, in degrees Celsius. */
            THERMAL,
            /** A channel of an industrial I/O device: {@code iio:bmp280.pressure}. */
            IIO,
            /** A channel of a device under {@code sensors.devices}: {@code device:rail.ch1.voltage}. */
            DEVICE,
            /** A column of a recording, played back at its own pace: {@code replay:load.csv.gz#cpu.busy}. */
            REPLAY
        }

        /** The source of a channel by the name that {@code adze-agent sensors} lists it under. */
        static ChannelSource ofDeviceChannel(String name) {
            if (name.startsWith("hwmon.")) {
                return new ChannelSource(Driver.HWMON, name.substring("hwmon.".length()));
            }
            if (name.startsWith("thermal.")) {
                return new ChannelSource(Driver.THERMAL, name.substring("thermal.".length()));
            }
            if (name.startsWith("iio.")) {
                return new ChannelSource(Driver.IIO, name.substring("iio.".length()));
            }
            return new ChannelSource(Driver.HOST, name);
        }

        /**
         * The name that {@code adze-agent sensors} lists this source under: {@code cpu.busy},
         * {@code hwmon.ina3221.vdd_in.voltage}, {@code thermal.cpu-thermal}; empty for a replayed recording.
         */
        public Optional<String> deviceChannel() {
            return switch (driver) {
                case HOST -> Optional.of(locator);
                case HWMON -> Optional.of("hwmon." + locator);
                case THERMAL -> Optional.of("thermal." + locator);
                case IIO -> Optional.of("iio." + locator);
                case DEVICE -> Optional.of(locator);
                case REPLAY -> Optional.empty();
            };
        }

        /** As in YAML. */
        @Override
        public String toString() {
            return driver.name().toLowerCase(Locale.ROOT) + ":" + locator;
        }
    }

    /**
     * @param threads the most that may compute one step, at least 1
     * @param pin     whether each of them stays on one processor
     * @param budget  what a model for this device may cost; adze search chooses models by it, the agent does not look at it
     */
    public record RuntimeOptions(Kernel kernel, int threads, boolean pin, Budget budget) {
        /** Without a budget. */
        public RuntimeOptions(Kernel kernel, int threads, boolean pin) {
            this(kernel, threads, pin, Budget.NONE);
        }
    }

    /**
     * Of a model; 0 for no limit.
     *
     * @param stepMicros  99th percentile of a step, microseconds
     * @param bundleBytes of the bundle's file
     * @param memoryBytes of its weights and one state
     */
    public record Budget(double stepMicros, long bundleBytes, long memoryBytes) {
        public static final Budget NONE = new Budget(0, 0, 0);
    }

    public enum Kernel {
        /** The fastest that this machine has. */
        AUTO,
        /** Plain loops: the reference. */
        SCALAR,
        /** Java's Vector API. */
        VECTOR,
        /** The native library. */
        NATIVE
    }

    /**
     * @param consoleInterval between two reports on the console; zero for none but the last
     * @param jsonl           JSON-lines file to append to
     * @param jsonlBounds     how much is written to it
     * @param prometheus      where {@code /metrics} listens
     * @param forward         where reports wait for their receivers; there if {@code mqtt} is
     * @param mqtt            the broker that reports are published to
     * @param otlp            the collector that metrics are pushed to
     */
    public record Reporting(Duration consoleInterval, Optional<Path> jsonl, JsonLinesBounds jsonlBounds,
            Optional<Endpoint> prometheus, Optional<ForwardOptions> forward, Optional<MqttOptions> mqtt,
            Optional<OtlpOptions> otlp) {}

    /**
     * @param folder     where the model's memory is kept over a restart; nothing is kept without
     * @param checkpoint time between two savings
     * @param afterGap   what becomes of the memory when time has passed without samples
     * @param halfLife    of {@link AfterGap#DECAY}; empty for half of the model's window
     * @param replaySteps of {@link AfterGap#REPLAY}; empty for the model's window
     */
    public record State(Optional<Path> folder, Duration checkpoint, AfterGap afterGap, Optional<Duration> halfLife,
            OptionalInt replaySteps) {
        /** With the model's own half-life and number of steps. */
        public State(Optional<Path> folder, Duration checkpoint, AfterGap afterGap) {
            this(folder, checkpoint, afterGap, Optional.empty(), OptionalInt.empty());
        }
    }

    public enum AfterGap {
        /** Steps without values in place of those missed; afresh when they are as many as the model's window. */
        BRIDGE,
        /** Afresh after every gap. */
        RESET,
        /** On as if no time had passed. */
        HOLD,
        /** On with a memory that has grown less with the time that passed. */
        DECAY,
        /** Afresh, and then the newest samples again. */
        REPLAY
    }

    /**
     * Raised when {@code k} of the newest {@code n} decisions lie beyond {@code level}, cleared when as many lie on the
     * other side of {@code clear}.
     *
     * @param output   name of the model's output; of a classification, the class, whose probability it is then
     * @param rate     whether the output's change per second is watched instead of itself
     * @param above    whether beyond means above; else below
     * @param clear    not beyond {@code level}
     * @param command  program to start at every change; empty for none
     * @param webhook  address to post every change to
     * @param gpio     line that is on while the alarm is raised
     * @param mqtt     topic to publish every change to
     */
    public record Alarm(String name, String output, boolean rate, boolean above, double level, double clear, int k, int n,
            List<String> command, Optional<URI> webhook, Optional<GpioOutput> gpio, Optional<String> mqtt) {
        public Alarm {
            command = List.copyOf(command);
        }

        /** Without an output line and a topic. */
        public Alarm(String name, String output, boolean rate, boolean above, double level, double clear, int k, int n,
                List<String> command, Optional<URI> webhook) {
            this(name, output, rate, above, level, clear, k, n, command, webhook, Optional.empty(), Optional.empty());
        }
    }

    /**
     * @param window            how long a stretch is that is compared with the training part
     * @param stabilityIndex    population stability index from which on a channel or output has drifted
     * @param kolmogorovSmirnov distance from which on it has
     */
    public record Drift(Duration window, double stabilityIndex, double kolmogorovSmirnov) {}

    /**
     * @param chip      label of a GPIO chip, its name, or a path under /dev
     * @param line      its name, or its number on the chip
     * @param activeLow whether on is low
     */
    public record GpioOutput(String chip, String line, boolean activeLow) {}

    /** @param port 0 for any free one */
    public record Endpoint(String host, int port) {}
}
