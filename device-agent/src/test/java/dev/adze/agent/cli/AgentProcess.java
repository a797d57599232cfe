package dev.adze.agent.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A real {@code adze-agent} process, for tests of signals and exit codes. */
final class AgentProcess {
    /** A process that does not answer is ended, so that its test fails instead of waiting for ever. */
    private static final long LONGEST_SECONDS = 180;
    private static final int SIGINT = 2;

    private final Process process;
    private final Path errors;
    private final BufferedReader output;
    private final StringBuilder seen = new StringBuilder();

    AgentProcess(Path folder, String... args) throws IOException {
        this(folder, ProcessBuilder.Redirect.PIPE, args);
    }

    /** Its standard output goes to a file or device. */
    static AgentProcess printingTo(Path folder, Path output, String... args) throws IOException {
        return new AgentProcess(folder, ProcessBuilder.Redirect.to(output.toFile()), args);
    }

    private AgentProcess(Path folder, ProcessBuilder.Redirect to, String... args) throws IOException {
        errors = Files.createTempFile(folder, "stderr", ".txt");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m",
                "-cp", System.getProperty("java.class.path"), "dev.adze.agent.cli.Main"));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command).redirectError(errors.toFile()).redirectOutput(to);
        // Never the caches and sockets of whoever runs the tests.
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        builder.environment().keySet().removeAll(List.of("CACHE_DIRECTORY", "RUNTIME_DIRECTORY", "JOURNAL_STREAM", "NOTIFY_SOCKET"));
        process = builder.start();
        CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
        output = process.inputReader();
    }

    /** Reads on until a line contains {@code text}. */
    String awaitLine(String text) throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            seen.append(line).append('\n');
            if (line.contains(text)) {
                return line;
            }
        }
        throw new IOException("the process ended without saying '" + text + "': " + seen + errors());
    }

    /** Waits until the process has mapped {@code file}. */
    void awaitMapped(Path file) throws IOException {
        Path maps = Path.of("/proc", Long.toString(process.pid()), "maps");
        while (process.isAlive() && Files.readAllLines(maps).stream().noneMatch(l -> l.endsWith(" " + file))) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    /** Whether programs started from here can be interrupted: shells start background jobs with SIGINT ignored. */
    static boolean canBeInterrupted() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1L << SIGINT - 1) == 0;
            }
        }
        return true;
    }

    /** SIGTERM, or SIGINT, by name. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
    }

    int awaitExit() throws IOException, InterruptedException {
        String line;
        while ((line = output.readLine()) != null) {
            seen.append(line).append('\n');
        }
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the process does not end: " + seen);
        }
        return process.exitValue();
    }

    String output() {
        return seen.toString();
    }

    String errors() throws IOException {
        // The JVM announces the incubator module; that is no message of ours.
        return String.join("\n", Files.readAllLines(errors).stream().filter(l -> !l.startsWith("WARNING: Using incubator")).toList());
    }
}
