package dev.adze.runtime.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Processor and memory as Linux describes them in /proc and /sys. What it does not say, or another system does not
 * have, is empty.
 *
 * @param root the folder that holds {@code proc} and {@code sys}: {@code /} but in tests
 */
public record Machine(Path root) {
    /** Processor flags that decide between kernels or tell what a measurement is worth. */
    private static final Set<String> TELLING_FLAGS = Set.of("avx2", "fma", "f16c", "avx512f", "avx_vnni", "avx512_vnni",
            "amx_int8", "asimd", "asimddp", "asimdhp", "i8mm", "sve", "hypervisor");
    private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
    private static final int MAX_CACHES = 8;

    public static Machine here() {
        return new Machine(Path.of("/"));
    }

    /** Model, family and number of processors for this program: {@code AMD EPYC (family 26, model 2), 2 processors}. */
    public String processor() {
        List<String> cpuinfo = lines("proc/cpuinfo");
        String model = value(cpuinfo, "model name");
        String family = value(cpuinfo, "cpu family");
        int processors = Runtime.getRuntime().availableProcessors();
        return (model.isEmpty() ? System.getProperty("os.arch") : model)
                + (family.isEmpty() ? "" : " (family " + family + ", model " + value(cpuinfo, "model") + ")")
                + ", " + processors + (processors == 1 ? " processor" : " processors") + " for this program";
    }

    /** Instruction sets of interest to kernels, in alphabetical order. */
    public List<String> features() {
        List<String> cpuinfo = lines("proc/cpuinfo");
        return Stream.of((value(cpuinfo, "flags") + " " + value(cpuinfo, "Features")).split(" "))
                .filter(TELLING_FLAGS::contains).sorted().toList();
    }

    /** Of the first processor: {@code L1 data 48K, L1 instruction 32K, L2 unified 1024K}. */
    public String caches() {
        var caches = new TreeMap<String, String>();
        for (int i = 0; i < MAX_CACHES; i++) {
            String folder = "sys/devices/system/cpu/cpu0/cache/index" + i + "/";
            String level = first(folder + "level");
            if (!level.isEmpty()) {
                String kind = "L" + level + " " + first(folder + "type").toLowerCase(Locale.ROOT);
                caches.put(kind, kind + " " + first(folder + "size"));
            }
        }
        return String.join(", ", caches.values());
    }

    public String frequencyGovernor() {
        return first("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    }

    /** When anonymous memory gets huge pages: {@code always}, {@code madvise} or {@code never}. */
    public String hugePages() {
        Matcher chosen = CHOSEN.matcher(first("sys/kernel/mm/transparent_hugepage/enabled"));
        return chosen.find() ? chosen.group(1) : "";
    }

    /** Bytes of this process that lie in huge pages now. */
    public OptionalLong hugePageBytes() {
        return kilobytes(value(lines("proc/self/smaps_rollup"), "AnonHugePages"));
    }

    public OptionalLong memoryBytes() {
        return kilobytes(value(lines("proc/meminfo"), "MemTotal"));
    }

    /** What programs may still take without swapping. */
    public OptionalLong availableBytes() {
        return kilobytes(value(lines("proc/meminfo"), "MemAvailable"));
    }

    private static OptionalLong kilobytes(String text) {
        return text.matches("\\d{1,15} kB") ? OptionalLong.of(Long.parseLong(text.split(" ")[0]) * 1024) : OptionalLong.empty();
    }

    private static String value(List<String> lines, String key) {
        return lines.stream().map(line -> line.split(":", 2)).filter(parts -> parts.length == 2)
                .filter(parts -> parts[0].strip().equals(key)).map(parts -> parts[1].strip()).findFirst().orElse("");
    }

    private String first(String file) {
        return lines(file).stream().filter(Predicate.not(String::isBlank)).findFirst().orElse("").strip();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
