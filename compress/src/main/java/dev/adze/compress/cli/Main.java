package dev.adze.compress.cli;

import dev.adze.profiles.ProfileException;
import dev.adze.runtime.AdzeException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The compressor's command line. Exit codes: docs/exit-codes.md. */
@Command(
        name = "adze",
        description = "Carves a big LSTM down to the edge device.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            QuickstartCommand.class,
            RunCommand.class,
            TrainCommand.class,
            DistillCommand.class,
            QuantizeCommand.class,
            ExportCommand.class,
            BenchCommand.class,
            BackendsCommand.class,
            DoctorCommand.class,
            VerifyCommand.class,
            ReportCommand.class,
            DiagnoseCommand.class,
            RunsCommand.class,
            AdviseCommand.class,
            SearchCommand.class,
            SearchTrialCommand.class,
            InfoCommand.class,
            DataCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "print stack traces of errors")
    private boolean debug;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which command? See adze --help");
    }

    /** From the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"adze " + version()};
        }
    }

    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** @return the exit code */
    static int run(String... args) {
        var root = new Main();
        return new CommandLine(root)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, _) -> {
                    e.getCommandLine().getErr().println("adze: error: " + e.getMessage());
                    return AdzeException.Kind.USAGE.exitCode();
                })
                .setExecutionExceptionHandler((e, commandLine, _) -> fail(e, commandLine, root.debug))
                .execute(args);
    }

    private static int fail(Exception e, CommandLine commandLine, boolean debug) {
        if (debug) {
            e.printStackTrace(commandLine.getErr());
        }
        if (e instanceof AdzeException mendable) {
            commandLine.getErr().println("adze: error: " + mendable.getMessage());
            return mendable.kind().exitCode();
        }
        if (e instanceof ProfileException mendable) {
            commandLine.getErr().println("adze: error: " + mendable.getMessage());
            return switch (mendable.kind()) {
                case NOT_FOUND -> AdzeException.Kind.NOT_FOUND.exitCode();
                case INVALID -> AdzeException.Kind.USAGE.exitCode();
            };
        }
        commandLine.getErr().println("adze: error: this is a defect of Adze: " + e
                + "; run again with --debug and report what it prints");
        return CommandLine.ExitCode.SOFTWARE;
    }
}
