package dev.adze.runtime.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.KernelChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckupTest {
    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private Finding finding(String subject) {
        return Checkup.runtime(new Machine(root)).stream().filter(f -> f.subject().equals(subject)).findFirst().orElseThrow();
    }

    @Test
    void aMachineIsDescribedFromItsFiles() throws IOException {
        write("proc/cpuinfo", """
                processor\t: 0
                cpu family\t: 26
                model\t\t: 2
                model name\t: Some Processor 9
                flags\t\t: fpu avx2 sse fma avx512_vnni

                processor\t: 1
                model name\t: Some Processor 9
                """);
        write("proc/meminfo", "MemTotal:        2097152 kB\nMemFree: 1 kB\nMemAvailable:    1048576 kB\n");
        write("sys/devices/system/cpu/cpu0/cache/index0/level", "1\n");
        write("sys/devices/system/cpu/cpu0/cache/index0/type", "Data\n");
        write("sys/devices/system/cpu/cpu0/cache/index0/size", "48K\n");
        write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        var machine = new Machine(root);
        assertTrue(machine.processor().startsWith("Some Processor 9 (family 26, model 2), "), machine.processor());
        assertEquals(List.of("avx2", "avx512_vnni", "fma"), machine.features());
        assertEquals("L1 data 48K", machine.caches());
        assertEquals("madvise", machine.hugePages());
        assertEquals(OptionalLong.of(2L << 30), machine.memoryBytes());
        assertEquals(OptionalLong.of(1L << 30), machine.availableBytes());
    }

    @Test
    void aMachineThatSaysNothingIsNoError() {
        var machine = new Machine(root);
        assertTrue(machine.processor().contains(System.getProperty("os.arch")), machine.processor());
        assertTrue(machine.features().isEmpty() && machine.caches().isEmpty() && machine.hugePages().isEmpty());
        assertEquals(OptionalLong.empty(), machine.memoryBytes());
        Finding.requireNoProblem(Checkup.runtime(machine));
    }

    @Test
    void theChosenKernelIsNamedWithItsReasonAndEveryKernelIsTried() {
        KernelChoice best = KernelChoice.best();
        assertTrue(finding("kernel").text().contains(best.name()) && finding("kernel").text().contains(best.reason()));
        for (String tier : KernelChoice.nativeTiers()) {
            assertEquals(Finding.Level.OK, finding("native-" + tier).level());
        }
        assertEquals("fp32, fp16, int8, int4: same bits as the scalar kernel", finding(KernelChoice.vector().name()).text());
    }

    @Test
    void whatCostsTimeIsNotedWithItsMend() throws IOException {
        write("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
        write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
        write("proc/meminfo", "MemTotal: 262144 kB\nMemAvailable: 131072 kB\n");
        assertEquals(Finding.Level.NOTE, finding("huge pages").level());
        assertTrue(finding("huge pages").text().contains("echo madvise"));
        assertEquals(Finding.Level.NOTE, finding("frequency").level());
        assertEquals(Finding.Level.NOTE, finding("memory").level());
    }

    @Test
    void aDiskWithTooLittleRoomIsAProblemAndAFolderThatIsNotThereYetIsNone() throws IOException {
        assertEquals(Finding.Level.OK, Checkup.disk("disk", root.resolve("not/there/yet"), 1).level());
        Finding full = Checkup.disk("disk", root, Long.MAX_VALUE);
        assertEquals(Finding.Level.PROBLEM, full.level());
        assertTrue(full.text().contains("free some"), full.text());
        write("file", "");
        assertEquals(Finding.Level.OK, Checkup.disk("disk", root.resolve("file"), 1).level());
    }

    @Test
    void onlyProblemsEndWithAnError() {
        Finding.requireNoProblem(List.of(Finding.ok("a", "fine"), Finding.note("b", "so-so")));
        var e = assertThrows(AdzeException.class, () -> Finding.requireNoProblem(List.of(Finding.ok("a", "fine"),
                Finding.problem("the library", "gone; install it"))));
        assertEquals(AdzeException.Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("the library"), e.getMessage());
        String table = Finding.table(List.of(Finding.ok("a", "fine"), Finding.problem("the library", "gone")));
        assertEquals(2, table.lines().count());
        assertTrue(table.startsWith("ok       a            fine"), table);
        assertFalse(table.contains("null"));
    }
}
