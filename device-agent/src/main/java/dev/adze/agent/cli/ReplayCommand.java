package dev.adze.agent.cli;

import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.decide.GapPolicy;
import dev.adze.agent.decide.InferenceLoop;
import dev.adze.agent.decide.StateKeeper;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.replay.DecisionComparison;
import dev.adze.agent.replay.DecisionDigest;
import dev.adze.agent.replay.RecordedSamples;
import dev.adze.agent.report.JsonLinesReport;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorCatalog.Source;
import dev.adze.agent.sensor.SensorPanel;
import dev.adze.profiles.JsonLinesBounds;
import dev.adze.profiles.Profile;
import dev.adze.profiles.Profile.AfterGap;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "replay",
        description = "Makes a run's decisions again from the recording of its readings (run --record), bit for bit and as"
                + " fast as they compute.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    /** Reading a row from a file never takes so long. */
    private static final long PATIENT_NANOS = 60_000_000_000L;

    private static final JsonLinesBounds UNBOUNDED = new JsonLinesBounds(0, 1L << 40, 2);

    @Parameters(index = "0", paramLabel = "BUNDLE", description = "The model.")
    private Path bundle;

    @Parameters(index = "1", paramLabel = "RECORDING", description = "The readings: a slot a row; slots without a row were missed.")
    private Path recording;

    @Option(names = "--rate", paramLabel = "HZ", description = "Samples a second (default: the model's own rate).")
    private Double rate;

    @Option(names = "--profile", paramLabel = "PROFILE", description = "The run's: its state.after-gap, with half-life and steps.")
    private String profileName;

    @Option(names = "--after-gap", paramLabel = "POLICY", defaultValue = "bridge",
            description = "Without a profile: bridge, reset, hold, decay or replay (default: ${DEFAULT-VALUE}).")
    private String afterGap;

    @Option(names = "--jsonl", paramLabel = "FILE", description = "JSON-lines file to append the decisions to.")
    private Path jsonl;

    @Option(names = "--against", paramLabel = "REPORT",
            description = "JSON-lines report of the run; exit code 7 if a decision differs.")
    private Path against;

    @Override
    public Integer call() {
        AfterGap kind = afterGap();
        Optional<Profile> profile = Optional.ofNullable(profileName).map(ProfileReader::readNamedOrPath);
        // All our kernels have the same bits.
        try (EdgeModel model = EdgeModel.open(bundle, KernelChoice.best())) {
            Manifest manifest = model.manifest();
            double rateHz = rateHz(manifest);
            Optional<DecisionComparison> comparison = Optional.ofNullable(against).map(file -> new DecisionComparison(file, rateHz));
            GapPolicy gap = profile.map(p -> GapPolicy.of(p.state(), manifest.task(), rateHz)).orElse(GapPolicy.of(kind, manifest.task()));
            var samples = new RecordedSamples(recording, rateHz);
            List<Source> sources = sources(manifest, samples);
            RunInfo run = describe(model, rateHz);
            var status = new AgentStatus(sources.size(), manifest.task().outputs().size());
            var digest = new DecisionDigest();
            try (var panel = new SensorPanel(sources, MonotonicClock.system()); ModelSession session = model.newModelSession();
                    JsonLinesReport lines = jsonl == null ? null : new JsonLinesReport(jsonl, UNBOUNDED, run, System::nanoTime)) {
                DecisionSink sink = sink(digest, comparison, lines);
                var loop = new InferenceLoop(samples, 0, samples.originMillis(), rateHz, panel, PATIENT_NANOS, session,
                        manifest.task(), sink, status, gap, StateKeeper.NONE);
                samples.atEnd(loop::stop);
                if (lines != null) {
                    lines.started(samples.originMillis());
                }
                loop.run(Long.MAX_VALUE);
                if (lines != null) {
                    lines.stopped(status.snapshot(), status.snapshot().epochMillis(), samples.nanoTime() / 1e9, "end of recording");
                }
            }
            samples.requireWhole();
            System.out.printf(Locale.ROOT, "%d decisions, %d missed slots, SHA-256 of the decisions %s%n", digest.decisions(),
                    status.snapshot().missedSlots(), digest.hex());
            comparison.ifPresent(c -> System.out.printf(Locale.ROOT, "%d decisions are those of %s, bit for bit; %d are not in it%n",
                    c.requireEqual(), against, c.unwritten()));
        }
        return 0;
    }

    private AfterGap afterGap() {
        try {
            return AfterGap.valueOf(afterGap.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new AdzeException(Kind.USAGE, "--after-gap " + afterGap + ": give bridge, reset, hold, decay or replay", e);
        }
    }

    private double rateHz(Manifest manifest) {
        long period = manifest.task().periodMillis();
        if (rate == null && period == 0) {
            throw new AdzeException(Kind.USAGE, "the model " + manifest.name() + " has no rate of its own; give --rate HZ");
        }
        double rateHz = rate != null ? rate : 1000.0 / period;
        if (!(rateHz > 0 && rateHz <= 1000)) {
            throw new AdzeException(Kind.USAGE, "--rate " + rateHz + " is not in (0, 1000] Hz");
        }
        return rateHz;
    }

    private List<Source> sources(Manifest manifest, RecordedSamples samples) {
        var catalog = new SensorCatalog("the recording " + recording, List.of(samples));
        var sources = new ArrayList<Source>();
        manifest.preprocess().channels().forEach(c -> sources.add(catalog.find(c.name(), c.unit())));
        return sources;
    }

    private RunInfo describe(EdgeModel model, double rateHz) {
        Manifest manifest = model.manifest();
        List<ChannelInfo> channels = manifest.preprocess().channels().stream().map(c -> new ChannelInfo(c.name(), c.unit())).toList();
        return new RunInfo(Version.TEXT, "replay", bundle.getFileName().toString(), manifest.name(),
                manifest.precision().name().toLowerCase(Locale.ROOT), AgentModel.kernelText(model.network()), rateHz,
                manifest.task(), channels, channels.stream().map(c -> "recording:" + c.name()).toList());
    }

    private static DecisionSink sink(DecisionDigest digest, Optional<DecisionComparison> comparison, JsonLinesReport lines) {
        return (decision, readings) -> {
            digest.decided(decision, readings);
            comparison.ifPresent(c -> c.decided(decision, readings));
            if (lines != null) {
                lines.decided(decision, readings);
            }
        };
    }
}
