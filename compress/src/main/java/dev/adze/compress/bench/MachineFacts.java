package dev.adze.compress.bench;

import dev.adze.compress.report.KeyValue;
import dev.adze.runtime.kernel.KernelChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Describes this machine as far as Linux tells: what does not say is left out. */
final class MachineFacts {
    private static final Set<String> TELLING_FLAGS = Set.of("avx2", "fma", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8",
            "asimd", "asimddp", "i8mm", "sve", "hypervisor");

    private MachineFacts() {}

    static List<KeyValue> facts() {
        List<KeyValue> facts = new ArrayList<>();
        List<String> cpuinfo = lines("/proc/cpuinfo");
        String model = value(cpuinfo, "model name");
        facts.add(new KeyValue("processor", (model.isEmpty() ? System.getProperty("os.arch") : model)
                + family(cpuinfo) + ", " + Runtime.getRuntime().availableProcessors() + " processors for this program"));
        add(facts, "processor features", Stream.of((value(cpuinfo, "flags") + " " + value(cpuinfo, "Features")).split(" "))
                .filter(TELLING_FLAGS::contains).sorted().collect(Collectors.joining(", ")));
        add(facts, "caches", caches());
        add(facts, "frequency governor", first("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
        add(facts, "huge pages", first("/sys/kernel/mm/transparent_hugepage/enabled"));
        add(facts, "memory", value(lines("/proc/meminfo"), "MemTotal"));
        facts.add(new KeyValue("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch")));
        facts.add(new KeyValue("Java", System.getProperty("java.vm.name") + " " + Runtime.version()));
        KernelChoice kernel = KernelChoice.best();
        facts.add(new KeyValue("kernel chosen here", kernel.name() + " (" + kernel.reason() + ")"));
        return facts;
    }

    private static String family(List<String> cpuinfo) {
        String family = value(cpuinfo, "cpu family");
        return family.isEmpty() ? "" : " (family " + family + ", model " + value(cpuinfo, "model") + ")";
    }

    /** Of the first processor: {@code L1 data 48K, L1 instruction 32K, L2 unified 1024K, …}. */
    private static String caches() {
        var caches = new TreeMap<String, String>();
        for (int i = 0; i < 8; i++) {
            String folder = "/sys/devices/system/cpu/cpu0/cache/index" + i + "/";
            String level = first(folder + "level");
            if (!level.isEmpty()) {
                String kind = "L" + level + " " + first(folder + "type").toLowerCase(java.util.Locale.ROOT);
                caches.put(kind, kind + " " + first(folder + "size"));
            }
        }
        return String.join(", ", caches.values());
    }

    private static void add(List<KeyValue> facts, String key, String value) {
        if (!value.isBlank()) {
            facts.add(new KeyValue(key, value));
        }
    }

    private static String value(List<String> lines, String key) {
        return lines.stream().map(line -> line.split(":", 2)).filter(parts -> parts.length == 2)
                .filter(parts -> parts[0].strip().equals(key)).map(parts -> parts[1].strip()).findFirst().orElse("");
    }

    private static String first(String file) {
        return lines(file).stream().filter(Predicate.not(String::isBlank)).findFirst().orElse("").strip();
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
