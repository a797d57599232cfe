package dev.adze.runtime.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel compiles for the GPUs that Adze names. NVRTC needs no GPU: {@code -Dadze.nvrtc=FILE[:FILE...]} names one or, since
 * no version compiles for all of them, several (docs/backends.md says where they come from); a GPU for which there is none
 * is skipped with the reason.
 */
class CudaKernelCompileTest {
    /** Processors, registers and shared memory by compute capability: Xavier AGX, Orin AGX, H200, Thor. */
    private static final Map<Integer, Gpu> GPUS = Map.of(
            72, new Gpu("Xavier", 72, 8, 65_536, 96 * 1024, true),
            87, new Gpu("Orin", 87, 16, 65_536, 163 * 1024, true),
            90, new Gpu("H200", 90, 132, 65_536, 227 * 1024, true),
            110, new Gpu("Thor", 110, 20, 65_536, 227 * 1024, true));

    private static List<Nvrtc> compilers;

    @BeforeAll
    static void findNvrtc() {
        String named = System.getProperty("adze.nvrtc");
        compilers = named == null ? NativeFunctions.open(Nvrtc.candidates(13)).map(Nvrtc::new).stream().toList()
                : Arrays.stream(named.split(File.pathSeparator)).map(file -> new Nvrtc(NativeFunctions.open(List.of(file))
                        .orElseThrow(() -> new AssertionError("-Dadze.nvrtc: " + file + " is no library")))).toList();
    }

    private static Nvrtc compiler(String wanted, Predicate<int[]> architectures) {
        assumeTrue(!compilers.isEmpty(), "NVRTC is not found; name its file by -Dadze.nvrtc=FILE");
        var fitting = compilers.stream().filter(c -> architectures.test(c.architectures())).findFirst();
        assumeTrue(fitting.isPresent(), () -> "NVRTC " + String.join(", ", compilers.stream().map(Nvrtc::version).toList())
                + " does not " + wanted);
        return fitting.get();
    }

    private static Nvrtc compilerFor(int capability) {
        return compiler("compile for sm_" + capability + (capability == 72 ? "; CUDA 11 does, and 12 in part" : ""),
                all -> Arrays.stream(all).anyMatch(a -> a == capability));
    }

    @ParameterizedTest
    @ValueSource(ints = {72, 87, 90, 110})
    void theKernelCompilesForEveryPrecisionWithoutSpillingRegisters(int capability) {
        Nvrtc nvrtc = compilerFor(capability);
        var networks = List.of(RecurrentNetwork.stackedLstm(32, 2, 560, 1),
                new RecurrentNetwork(7, List.of(new Lstm(7, 33), new Lstm(33, 130), new Lstm(130, 5),
                        new Dense(5, 9, Dense.Activation.TANH), new Dense(9, 2, Dense.Activation.RELU), new Dense(2, 2, Dense.Activation.GELU))),
                new RecurrentNetwork(3, List.of(new Lstm(3, 40))));
        var spilling = new ArrayList<String>();
        for (RecurrentNetwork network : networks) {
            for (Precision precision : List.of(Precision.FP32, Precision.FP16, Precision.INT8)) {
                CudaPlan plan = CudaPlan.of(network, precision, GPUS.get(capability));
                Nvrtc.Compiled compiled = nvrtc.compile(CudaEngine.source(), Map.of("adze_sizes.h", plan.header()), capability,
                        "--ptxas-options=-v");
                assertEquals("sm_" + capability, compiled.architecture());
                assertTrue(compiled.image().length > 1000 && compiled.image()[1] == 'E' && compiled.image()[2] == 'L',
                        "machine code in an ELF file");
                var spills = Pattern.compile("(\\d+) bytes spill stores").matcher(compiled.log());
                var registers = Pattern.compile("Used (\\d+) registers").matcher(compiled.log());
                assertTrue(registers.find() && spills.find(), compiled.log());
                String used = registers.group(1) + " registers";
                String spilled = spills.group(1);
                System.out.println("NVRTC " + nvrtc.version() + ", sm_" + capability + ", " + precision + ", " + plan.units()
                        + " units: " + compiled.image().length + " bytes, " + used + ", " + spilled + " bytes spilled; "
                        + plan.describe());
                if (!spilled.equals("0")) {
                    spilling.add(precision + ", " + plan.units() + " units, " + plan.describe() + ": " + spilled);
                }
            }
        }
        assertEquals(List.of(), spilling);
    }

    @ParameterizedTest
    @ValueSource(ints = {35})
    void aGpuOlderThanTheCompilerIsRefusedInOneLine(int capability) {
        Nvrtc nvrtc = compiler("refuse sm_" + capability, all -> all[0] > capability);
        var e = assertThrows(AdzeException.class, () -> nvrtc.compile("", Map.of(), capability));
        assertEquals(AdzeException.Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("sm_35") && !e.getMessage().contains("\n"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {199})
    void aGpuNewerThanTheCompilerGetsPtx(int capability) {
        Nvrtc nvrtc = compiler("refuse sm_" + capability, all -> all[all.length - 1] < capability);
        CudaPlan plan = CudaPlan.of(RecurrentNetwork.stackedLstm(3, 1, 8, 1), Precision.INT8, GPUS.get(90));
        var compiled = nvrtc.compile(CudaEngine.source(), Map.of("adze_sizes.h", plan.header()), capability);
        assertTrue(compiled.architecture().startsWith("compute_"), compiled.architecture());
        assertTrue(new String(compiled.image(), java.nio.charset.StandardCharsets.UTF_8).contains(".entry adze_lstm"));
        assertEquals(0, compiled.image()[compiled.image().length - 1], "the driver reads PTX up to a zero byte");
    }

    @ParameterizedTest
    @ValueSource(ints = {90})
    void aMistakeInTheSourceIsToldInOneLine(int capability) {
        Nvrtc nvrtc = compilerFor(capability);
        var e = assertThrows(AdzeException.class, () -> nvrtc.compile("__global__ void f() {\n nonsense; }", Map.of(), capability));
        assertTrue(e.getMessage().contains("nonsense"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
