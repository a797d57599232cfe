package dev.adze.agent.cli;

import dev.adze.profiles.ProfileException;
import dev.adze.runtime.AdzeException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** {@code adze-agent}: runs a bundle on this device's sensors, and records them. */
@Command(
        name = "adze-agent",
        description = "Runs a model bundle on this device's sensors and reports honest latency.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionText.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    private static final long FLUSH_MILLIS = 1_000;
    /** Commands that go on without a console: what they are for is in files, reports and answers. */
    private static final Set<String> WRITES_ELSEWHERE = Set.of("run", "record");

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final StopSignal stopSignal = new StopSignal();

    private Main() {}

    StopSignal stopSignal() {
        return stopSignal;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given; see `adze-agent --help`");
    }

    public static void main(String[] args) {
        StandardOutput output = StandardOutput.install();
        ConsoleText.install();
        Main main = new Main();
        main.stopSignal.ownProcess();
        int code = guarded(main, args);
        flushUnlessStuck();
        Optional<String> lost = code != 0 || args.length > 0 && WRITES_ELSEWHERE.contains(args[0]) ? Optional.empty() : output.lost();
        lost.ifPresent(why -> System.err.println("adze-agent: error: standard output is not whole: " + why + "; write it to where there is room"));
        main.stopSignal.leave(lost.isPresent() ? AdzeException.Kind.CANNOT_WRITE.exitCode() : code);
    }

    /** As {@link #run}; an error of the virtual machine itself, too, ends in one line and an exit code. */
    private static int guarded(Main main, String... args) {
        try {
            return run(main, args);
        } catch (Error | RuntimeException e) {
            Optional<AdzeException> mendable = Exhaustion.of(e);
            report(e, main.debug || mendable.isEmpty(), mendable.map(AdzeException::getMessage).orElse("this is a fault of adze-agent: " + e));
            return mendable.map(m -> m.kind().exitCode()).orElse(1);
        }
    }

    /** A pipe or terminal that takes nothing must not keep the process. */
    private static void flushUnlessStuck() {
        Thread flush = new Thread(System.out::flush, "flush");
        flush.setDaemon(true);
        flush.start();
        try {
            flush.join(FLUSH_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A command within this one; signals and the end of the process are this program's still. */
    int within(String... args) {
        return run(this, args);
    }

    static int run(String... args) {
        return run(new Main(), args);
    }

    private static int run(Main main, String... args) {
        try {
            Optional<RunCommand> plain = PlainRun.of(main, args);
            return plain.isEmpty() ? parse(main, args) : plain.get().call();
        } catch (Exception e) {
            return failed(main, e);
        }
    }

    private static int parse(Main main, String... args) {
        CommandLine commandLine = new CommandLine(main);
        addCommands(commandLine, args);
        commandLine.setParameterExceptionHandler((e, _) -> {
            report(e, main.debug, UsageText.of(e));
            return AdzeException.Kind.USAGE.exitCode();
        });
        commandLine.setExecutionExceptionHandler((e, _, _) -> failed(main, e));
        return commandLine.execute(args);
    }

    /** Tells what is wrong; the exit code. */
    static int failed(Main main, Exception e) {
        if (e instanceof AdzeException told) {
            AdzeException mendable = Exhaustion.of(e).orElse(told);
            report(e, main.debug, mendable.getMessage());
            return mendable.kind().exitCode();
        }
        if (e instanceof ProfileException told) {
            report(e, main.debug, told.getMessage());
            return exitCode(told.kind());
        }
        Optional<AdzeException> mendable = Exhaustion.of(e).or(() -> UsageText.badPath(e));
        report(e, main.debug || mendable.isEmpty(), mendable.map(AdzeException::getMessage).orElse("this is a fault of adze-agent: " + e));
        return mendable.map(m -> m.kind().exitCode()).orElse(1);
    }

    /** The command that is asked for, or all, for help and errors: reading the annotations of all takes 0.2 s of a start. */
    private static void addCommands(CommandLine commandLine, String[] args) {
        Optional<String> asked = Stream.of(args).filter(a -> !a.startsWith("-")).findFirst();
        for (Subcommand subcommand : Subcommand.values()) {
            if (asked.filter(Subcommand::exists).isEmpty() || asked.get().equals(subcommand.text)) {
                commandLine.addSubcommand(subcommand.text, subcommand.type);
            }
        }
    }

    private enum Subcommand {
        RUN("run", RunCommand.class),
        INSTALL("install", InstallCommand.class),
        CHECK("check", CheckCommand.class),
        RECORD("record", RecordCommand.class),
        SENSORS("sensors", SensorsCommand.class),
        PROBE("probe", ProbeCommand.class),
        DOCTOR("doctor", DoctorCommand.class),
        CALIBRATE("calibrate", CalibrateCommand.class),
        STATUS("status", StatusCommand.class),
        TOP("top", TopCommand.class),
        REPLAY("replay", ReplayCommand.class),
        BENCH("bench", BenchCommand.class),
        SUPPORT_BUNDLE("support-bundle", SupportBundleCommand.class),
        REHEARSE("rehearse", RehearseCommand.class);

        private final String text;
        private final Class<?> type;

        Subcommand(String text, Class<?> type) {
            this.text = text;
            this.type = type;
        }

        static boolean exists(String text) {
            return Stream.of(values()).anyMatch(s -> s.text.equals(text));
        }
    }

    private static int exitCode(ProfileException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> AdzeException.Kind.NOT_FOUND.exitCode();
            case INVALID -> AdzeException.Kind.USAGE.exitCode();
        };
    }

    static final class VersionText implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"adze-agent " + Version.TEXT};
        }
    }

    private static void report(Throwable e, boolean debug, String message) {
        System.err.println("adze-agent: error: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (debug) {
            e.printStackTrace();
        }
    }
}
