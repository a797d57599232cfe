package dev.adze.runtime.doctor;

import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.ReadLimit;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What every program of ours needs from a machine. Takes some tenths of a second and 8 MiB of memory. */
public final class Checkup {
    private static final long HUGE_PROBE_BYTES = 8L << 20;
    private static final long LITTLE_MEMORY = 512L << 20;
    private static final double GB = 1e9;

    private Checkup() {}

    /** Java, processor, kernels, huge pages, memory. */
    public static List<Finding> runtime(Machine machine) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("Java", System.getProperty("java.vm.name") + " " + Runtime.version() + " in "
                + System.getProperty("java.home")));
        findings.add(Finding.ok("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch")));
        findings.add(Finding.ok("processor", machine.processor()));
        if (!machine.features().isEmpty()) {
            findings.add(Finding.ok("features", String.join(", ", machine.features())));
        }
        if (!machine.caches().isEmpty()) {
            findings.add(Finding.ok("caches", machine.caches()));
        }
        governor(machine, findings);
        findings.addAll(KernelCheck.findings());
        hugePages(machine, findings);
        memory(machine, findings);
        return findings;
    }

    private static void governor(Machine machine, List<Finding> findings) {
        String governor = machine.frequencyGovernor();
        if (!governor.isEmpty()) {
            findings.add(governor.equals("performance") ? Finding.ok("frequency", governor)
                    : Finding.note("frequency", "governor " + governor + ": a step after a pause starts on a slow clock;"
                            + " 'performance' gives steady latencies"));
        }
    }

    private static void hugePages(Machine machine, List<Finding> findings) {
        String setting = machine.hugePages();
        boolean nativeKernel = !KernelChoice.nativeTiers().isEmpty();
        if (setting.isEmpty()) {
            findings.add(Finding.note("huge pages", "this system does not offer them"));
        } else if (setting.equals("never")) {
            findings.add(Finding.note("huge pages", "switched off; weights of some MB are read faster with"
                    + " 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled' as root"));
        } else if (!nativeKernel) {
            findings.add(Finding.note("huge pages", setting + ", but only the native kernels ask for them"));
        } else {
            findings.add(granted(machine, setting));
        }
    }

    /** Asks for some and looks whether they came. */
    private static Finding granted(Machine machine, String setting) {
        OptionalLong before = machine.hugePageBytes();
        try (Arena arena = Arena.ofShared()) {
            ReadLimit.memory(HUGE_PROBE_BYTES, arena);
            OptionalLong after = machine.hugePageBytes();
            if (before.isEmpty() || after.isEmpty()) {
                return Finding.ok("huge pages", setting);
            }
            return after.getAsLong() - before.getAsLong() >= HUGE_PROBE_BYTES / 2 ? Finding.ok("huge pages", setting
                    + "; granted when asked for") : Finding.note("huge pages", setting
                    + ", but none came when asked for: memory is in small pieces; weights are read somewhat slower");
        }
    }

    private static void memory(Machine machine, List<Finding> findings) {
        OptionalLong total = machine.memoryBytes();
        OptionalLong available = machine.availableBytes();
        if (total.isPresent() && available.isPresent()) {
            String text = String.format(Locale.ROOT, "%.1f GB, %.1f GB available, %.1f GB for Java's heap", total.getAsLong() / GB,
                    available.getAsLong() / GB, Runtime.getRuntime().maxMemory() / GB);
            findings.add(available.getAsLong() >= LITTLE_MEMORY ? Finding.ok("memory", text)
                    : Finding.note("memory", text + ": little; end other programs"));
        }
    }

    /**
     * Room in a folder that need not exist yet.
     *
     * @param needed bytes; less is a problem
     */
    public static Finding disk(String subject, Path folder, long needed) {
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.isDirectory(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isWritable(existing)) {
            return Finding.problem(subject, folder + " cannot be written; make it writable");
        }
        try {
            FileStore store = Files.getFileStore(existing);
            String text = String.format(Locale.ROOT, "%s: %.1f GB free", folder, store.getUsableSpace() / GB);
            return store.getUsableSpace() >= needed ? Finding.ok(subject, text) : Finding.problem(subject,
                    text + String.format(Locale.ROOT, ", but %.1f GB are needed; free some", needed / GB));
        } catch (IOException e) {
            return Finding.problem(subject, folder + " cannot be looked at: " + e.getMessage());
        }
    }
}
