package dev.adze.agent.cli;

import dev.adze.agent.board.BoardWatch;
import dev.adze.agent.decide.DecisionLog;
import dev.adze.agent.decide.GapPolicy;
import dev.adze.agent.decide.InferenceLoop;
import dev.adze.agent.decide.StateKeeper;
import dev.adze.agent.install.Release;
import dev.adze.agent.install.Releases;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.record.DecisionRecorder;
import dev.adze.agent.otlp.OtlpExport;
import dev.adze.agent.report.ConsoleReport;
import dev.adze.agent.report.MetricsEndpoint;
import dev.adze.agent.report.Reporter;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.SensorCatalog.Source;
import dev.adze.agent.sensor.SensorPanel;
import dev.adze.agent.serve.ModelService;
import dev.adze.agent.service.Progress;
import dev.adze.agent.service.SdNotify;
import dev.adze.agent.state.SessionMemory;
import dev.adze.agent.status.StatusJson;
import dev.adze.agent.status.StatusServer;
import dev.adze.agent.status.StatusSockets;
import dev.adze.profiles.Profile;
import dev.adze.profiles.Profile.Endpoint;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.drift.Baseline;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.Threads;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "run",
        description = "Runs a bundle on this device's sensors and reports the latency of every stage.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final long CONSOLE_PATIENCE_MILLIS = 3_000;
    /** From now to the first sample: for what is left to be set up. */
    private static final long LEAD_MILLIS = 50;

    @ParentCommand
    private Main main;

    @Option(names = "--profile", paramLabel = "PROFILE",
            description = "A profile's file, or the name of a ready one, such as this-host.")
    private String profileName;

    @Option(names = "--bundle", paramLabel = "FILE", description = "The model (default: the profile's bundle).")
    private Path bundle;

    @Option(names = "--installed", paramLabel = "FOLDER",
            description = "The current release of this folder, where `adze-agent install` put it, instead of profile and bundle.")
    private Path installed;

    @Option(names = "--duration", paramLabel = "TIME", description = "How long, for example 20s (default: until stopped).")
    private String duration;

    @Option(names = "--rate", paramLabel = "HZ",
            description = "Samples a second instead of the profile's; a model that steps in time takes only its own rate.")
    private Double rate;

    @Option(names = "--jsonl", paramLabel = "FILE", description = "JSON-lines file to append to, instead of the profile's.")
    private Path jsonl;

    @Option(names = "--metrics", paramLabel = "[HOST:]PORT|off",
            description = "Where /metrics listens, instead of the profile's; a bare port is on the loopback.")
    private String metrics;

    @Option(names = "--record", paramLabel = "FILE",
            description = "Write the readings of every decision to NAME.csv or NAME.csv.gz, for `adze-agent replay`.")
    private Path record;

    /** For picocli, which fills it in. */
    RunCommand() {}

    /** @param options by name, those that are given */
    RunCommand(Main main, Map<String, String> options) {
        this.main = main;
        profileName = options.get("--profile");
        bundle = path(options.get("--bundle"));
        installed = path(options.get("--installed"));
        duration = options.get("--duration");
        rate = options.containsKey("--rate") ? Double.valueOf(options.get("--rate")) : null;
        jsonl = path(options.get("--jsonl"));
        metrics = options.get("--metrics");
        record = path(options.get("--record"));
    }

    private static Path path(String name) {
        return name == null ? null : Path.of(name);
    }

    @Override
    public Integer call() throws InterruptedException {
        main.stopSignal().whilePreparing();
        Optional<Release> release = release();
        Profile profile = release.map(r -> ProfileReader.read(installed.resolve(r.profile().name())))
                .orElseGet(() -> ProfileReader.readNamedOrPath(profileName));
        ProfileFit.requireArchitecture(profile);
        double rateHz = rate != null ? rate : profile.sensors().rateHz();
        long slots = duration == null ? Long.MAX_VALUE
                : Math.max(1, Math.round(Durations.seconds("--duration", duration) * rateHz));
        Optional<Endpoint> endpoint = endpoint(profile);
        Path file = release.map(r -> installed.resolve(r.bundle().name())).or(() -> Optional.ofNullable(bundle)).or(profile::bundle)
                .orElseThrow(() -> new AdzeException(Kind.USAGE, profile.origin() + " names no bundle; name one with --bundle FILE"));
        try (AgentModel chosen = AgentModel.open(profile, file, line -> System.err.println("adze-agent: " + line))) {
            EdgeModel model = chosen.model();
            ProfileFit.requireRate(model.manifest(), rateHz, profile);
            ProfileFit.requireFading(model.manifest(), profile);
            ProfileFit.nearMisses(model.manifest(), profile).forEach(line -> System.err.println("adze-agent: warning: " + line));
            MonotonicClock clock = MonotonicClock.system();
            List<Source> sources = ProfileSensors.find(model.manifest().preprocess().channels(), profile.sensors(),
                    Path.of("/"), clock::nanoTime);
            RunInfo run = describe(profile, model, file, sources, rateHz);
            var status = new AgentStatus(sources.size(), run.task().reported().size());
            try (FolderLocks _ = FolderLocks.take(profile);
                    SensorPanel panel = new SensorPanel(sources, clock);
                    ModelSession session = model.newModelSession();
                    RunReports reports = RunReports.open(profile, linesFile(profile), run, clock);
                    DecisionRecorder recorder = recorder(run);
                    ModelService service = profile.serving().map(s -> ModelService.start(model, s, Version.TEXT)).orElse(null);
                    StatusServer asked = statusServer(run, status, model.network(), chosen.choice());
                    OtlpExport pushed = profile.reporting().otlp().map(o -> OtlpExport.start(o, status, run)).orElse(null);
                    MetricsEndpoint served = endpoint.map(e -> new MetricsEndpoint(e.host(), e.port(), status, run)).orElse(null)) {
                var console = new ConsoleReport(System.out, run, System.console() != null && System.console().isTerminal());
                console.started();
                release.ifPresent(r -> console.note("release " + r.number() + " of " + installed));
                chosen.choice().forEach(console::note);
                if (service != null) {
                    status.serving(service::counts);
                    service.addresses().forEach(console::note);
                }
                if (served != null) {
                    console.note("metrics on http://" + endpoint.get().host() + ":" + served.port() + "/metrics");
                }
                if (pushed != null) {
                    console.note("metrics to " + profile.reporting().otlp().get().endpoint());
                }
                // The first readings, for nobody: rates are taken over the time of the warming up.
                panel.prime();
                try (WarmUp _ = WarmUp.start(model, clock, !chosen.warmsItself());
                        BoardWatch _ = BoardWatch.start(Path.of("/sys"), clock, status)) {
                    Optional<SessionMemory> memory = KeptMemory.open(profile, file);
                    run(profile, run, panel, session, clock, status, console, reports, slots, memory, recorder,
                            model.manifest().baseline());
                }
                if (recorder != null && recorder.dropped() > 0) {
                    console.note(recorder.dropped() + " decisions are not in " + record + ": the disk was too slow or full");
                }
            }
        }
        return 0;
    }

    private Optional<Release> release() {
        if ((installed == null) == (profileName == null) || installed != null && bundle != null) {
            throw new AdzeException(Kind.USAGE, "run takes either --profile PROFILE, with --bundle FILE where it names none, or --installed FOLDER");
        }
        try {
            return installed == null ? Optional.empty() : Optional.of(Releases.in(installed).current());
        } catch (IOException e) {
            throw new AdzeException(Kind.NOT_FOUND, installed + " cannot be read (" + e.getClass().getSimpleName()
                    + "); see to it that this user may", e);
        }
    }

    private static RunInfo describe(Profile profile, EdgeModel model, Path file, List<Source> sources, double rateHz) {
        Manifest manifest = model.manifest();
        return new RunInfo(Version.TEXT, profile.name(), file.getFileName().toString(), manifest.name(),
                manifest.precision().name().toLowerCase(Locale.ROOT), AgentModel.kernelText(model.network()), rateHz, manifest.task(),
                // Under the model's own names, wherever they are read.
                manifest.preprocess().channels().stream().map(c -> new ChannelInfo(c.name(), c.unit())).toList(),
                manifest.preprocess().channels().stream().map(c -> profile.sensors().source(c.name()).toString()).toList());
    }

    private DecisionRecorder recorder(RunInfo run) {
        if (record != null && !record.toString().matches(".*\\.csv(\\.gz)?")) {
            throw new AdzeException(Kind.USAGE, "--record " + record + ": the name must end in .csv or .csv.gz");
        }
        return record == null ? null : new DecisionRecorder(record, run.channels());
    }

    /** For {@code adze-agent status} and {@code top}; an agent that cannot have one runs without. */
    private static StatusServer statusServer(RunInfo run, AgentStatus status, CompiledNetwork network, List<String> choice) {
        long start = System.nanoTime();
        try {
            return StatusServer.start(new StatusSockets(System.getenv()).own(), run.profile(), () -> StatusJson.of(run,
                    status.snapshot(), AgentModel.kernelText(network), choice, System.currentTimeMillis(),
                    (System.nanoTime() - start) / 1e9, status.serving()).toString());
        } catch (IOException | RuntimeException e) {
            System.err.println("adze-agent: `adze-agent status` will not find this agent (" + e.getMessage() + ")");
            return null;
        }
    }

    private Optional<Path> linesFile(Profile profile) {
        return Optional.ofNullable(jsonl).or(profile.reporting()::jsonl);
    }

    private void run(Profile profile, RunInfo run, SensorPanel panel, ModelSession session, MonotonicClock clock,
            AgentStatus status, ConsoleReport console, RunReports reports, long slots, Optional<SessionMemory> memory,
            DecisionRecorder recorder, Optional<Baseline> baseline)
            throws InterruptedException {
        long startNanos = clock.nanoTime() + LEAD_MILLIS * 1_000_000;
        long startEpochMillis = System.currentTimeMillis() + LEAD_MILLIS;
        long readLimitNanos = Math.min(profile.sensors().deadline().toNanos(), Math.round(1e9 / run.rateHz()));
        var sinks = new DecisionSinks(profile, run, baseline, status, reports, recorder);
        Optional<SdNotify> systemd = SdNotify.of(System.getenv());
        DecisionLog books = systemd.<DecisionLog>map(manager -> new Progress(status, manager, System.getenv(),
                ProcessHandle.current().pid(), Math.round(1e9 / run.rateHz()), run.model() + " (" + run.precision() + ", "
                + run.kernel() + ") at " + run.rateHz() + " Hz")).orElse(status);
        var loop = new InferenceLoop(clock, startNanos, startEpochMillis, run.rateHz(), panel, readLimitNanos, session,
                run.task(), sinks, books, GapPolicy.of(profile.state(), run.task(), run.rateHz()),
                memory.<StateKeeper>map(m -> m).orElse(StateKeeper.NONE));
        memory.ifPresent(m -> {
            SessionMemory.Restored restored = KeptMemory.restore(m, profile, session, run, startEpochMillis);
            console.note(restored.note());
            loop.resumes(restored.missedSteps(), restored.samples());
        });
        var reporter = new Reporter(status, console, reports.all(), profile.reporting().consoleInterval().toMillis(),
                CONSOLE_PATIENCE_MILLIS, clock::nanoTime, System::currentTimeMillis);
        var stop = new StopRequest(loop::stop);
        main.stopSignal().onSignal(stop);
        reports.started(startEpochMillis);
        reporter.start();
        if (profile.runtime().pin()) {
            Threads.pinCaller(); // last, as threads inherit it from the one that starts them
        }
        loop.run(slots);
        systemd.ifPresent(manager -> manager.send("STOPPING=1"));
        if (memory.isPresent()) {
            memory.get().close();
        }
        sinks.close();
        reporter.finish(stop.requested() ? "signal" : "duration");
        systemd.ifPresent(SdNotify::close);
    }

    /** Remembers that a signal ended the run. */
    private static final class StopRequest implements Runnable {
        private final Runnable stop;
        private volatile boolean requested;

        StopRequest(Runnable stop) {
            this.stop = stop;
        }

        @Override
        public void run() {
            requested = true;
            stop.run();
        }

        boolean requested() {
            return requested;
        }
    }

    private Optional<Endpoint> endpoint(Profile profile) {
        if (metrics == null) {
            return profile.reporting().prometheus();
        }
        if (metrics.equals("off")) {
            return Optional.empty();
        }
        int colon = metrics.lastIndexOf(':');
        String port = metrics.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535 || colon == 0) {
            throw new AdzeException(Kind.USAGE, "--metrics " + metrics + ": give a port 0 to 65535, HOST:PORT, or off");
        }
        return Optional.of(new Endpoint(colon < 0 ? "127.0.0.1" : metrics.substring(0, colon), Integer.parseInt(port)));
    }
}
