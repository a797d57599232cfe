package dev.adze.agent.cli;

import dev.adze.profiles.ProfileException;
import dev.adze.runtime.AdzeException;
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
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {RunCommand.class, RecordCommand.class, SensorsCommand.class, ProbeCommand.class,
            DoctorCommand.class, CalibrateCommand.class, StatusCommand.class, TopCommand.class, ReplayCommand.class,
            BenchCommand.class, SupportBundleCommand.class, RehearseCommand.class})
public final class Main implements Runnable {
    private static final long FLUSH_MILLIS = 1_000;

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
        ConsoleText.install();
        Main main = new Main();
        int code = run(main, args);
        flushUnlessStuck();
        main.stopSignal.leave(code);
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
        CommandLine commandLine = new CommandLine(main);
        commandLine.setParameterExceptionHandler((e, _) -> {
            report(e, main.debug, e.getMessage());
            return AdzeException.Kind.USAGE.exitCode();
        });
        commandLine.setExecutionExceptionHandler((e, _, _) -> {
            if (e instanceof AdzeException mendable) {
                report(e, main.debug, mendable.getMessage());
                return mendable.kind().exitCode();
            }
            if (e instanceof ProfileException mendable) {
                report(e, main.debug, mendable.getMessage());
                return exitCode(mendable.kind());
            }
            report(e, true, "this is a fault of adze-agent: " + e);
            return 1;
        });
        return commandLine.execute(args);
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

    private static void report(Exception e, boolean debug, String message) {
        System.err.println("adze: error: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (debug) {
            e.printStackTrace();
        }
    }
}
