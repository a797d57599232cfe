package dev.adze.runtime.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.model.RecurrentNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of gpu-check.sh, on a GPU that is emulated: that it checks and times what it is made for, and judges it. */
class GpuCheckTest {
    @TempDir
    static Path folder;

    @Test
    void everyPrecisionHasARowForStepAndWindowAndAgrees() throws Exception {
        FakeCuda cuda = FakeCuda.build(folder).orElse(null);
        assumeTrue(cuda != null, "there is no C++ compiler (c++) to build the emulated GPU with");
        cuda.device(1, true, true);
        var check = new GpuCheck(cuda.engine(), 4, 3);
        String page = String.join("\n", check.page(List.of(
                new GpuCheck.Case("small", RecurrentNetwork.stackedLstm(3, 2, 5, 1)))));
        assertTrue(check.agree(), page);
        for (String precision : List.of("fp32", "fp16", "int8")) {
            assertTrue(page.contains("| small | " + precision + " |"), page);
        }
        assertEquals(3, page.split("\\| step \\|", -1).length - 1, page);
        assertEquals(3, page.split("\\| window of 4 \\|", -1).length - 1, page);
        assertTrue(page.endsWith("All agree."), page);
        assertEquals(0, cuda.live());
    }

    private static String goals(String page) throws IOException, InterruptedException {
        Path input = Files.writeString(folder.resolve("page.md"), page);
        Path output = folder.resolve("goals.md");
        Process awk;
        try {
            awk = new ProcessBuilder("awk", "-f", "src/test/scripts/gpu_check_goals.awk", input.toString())
                    .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        } catch (IOException e) {
            assumeTrue(false, "there is no awk");
            throw e;
        }
        assertEquals(0, awk.waitFor(), Files.readString(output, StandardCharsets.UTF_8));
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static final String PAGE = """
            # LSTM engines on a GPU

            ## Adze's CUDA kernel

            | network | weights | difference | call | p50 [us] | p99 [us] | |
            |---|---|---|---|---|---|---|
            | student 2x560 | fp32 | 1e-7 | step | 14.0 | 15.0 | graph; |
            | student 2x560 | fp32 | 1e-7 | window of 50 | 200.0 | 210.0 | |
            | student 2x560 | fp16 | 1e-7 | step | 11.9 | 15.0 | graph; |
            | student 2x560 | fp16 | 1e-7 | window of 50 | 150.0 | 210.0 | |
            | teacher 3x768 | fp32 | 1e-7 | step | 31.0 | 32.0 | graph; |
            | teacher 3x768 | fp16 | 1e-7 | step | 10.0 | 15.0 | graph; |

            ## TensorRT 10.6, bindings 10.6

            | network | precision | call | difference | p50 [us] | p99 [us] | |
            |---|---|---|---|---|---|---|
            | student 2x560 | fp16 | loop window of 50 | 0.001 | 149.0 | 160.0 | graph |
            | teacher 3x768 | fp32 | step | 0.001 | 60.0 | 160.0 | graph |
            | teacher 3x768 | fp16 | step | 0.001 | 20.0 | 160.0 | graph |
            | student 2x560 | fp32 | loop window of 50 |  | | | TensorRT does not build it |

            ## cuDNN 9 through PyTorch 2

            | network | weights | call | p50 [us] | p99 [us] |
            |---|---|---|---|---|
            | student 2x560 | fp16 | step | 100.0 | 120.0 |
            | student 2x560 | fp16 | step, CUDA graph | 11.8 | 12.0 |
            """;

    @Test
    void everyGoalIsJudgedByTheRowsOfThePage() throws Exception {
        String goals = goals(PAGE);
        for (String line : List.of(
                "| student 2x560, fp16, step: under 12 us on an H200 | 11.9 us | reached |",
                "| student 2x560, fp16, window of 50: under 150 us on an H200 | 150.0 us | **missed** |",
                "| student 2x560, fp16, step: faster than cuDNN | 11.9 us against 100.0 us | reached |",
                "| student 2x560, fp16, step: faster than cuDNN in a CUDA graph | 11.9 us against 11.8 us | **missed** |",
                "| student 2x560, fp16, window of 50: faster than TensorRT's loop | 150.0 us against 149.0 us | **missed** |",
                "| student 2x560, fp32, window of 50: faster than TensorRT's loop | | not measured |",
                "| teacher 3x768, Adze's kernel, step: fp16 at least 3.1 times as fast as fp32 | 3.10 times | reached |",
                "| teacher 3x768, TensorRT, step: fp16 at least 3.1 times as fast as fp32 | 3.00 times | **missed** |",
                "| teacher 3x768, cuDNN, step: fp16 at least 3.1 times as fast as fp32 | | not measured |")) {
            assertTrue(goals.contains(line + "\n"), line + " is not in\n" + goals);
        }
    }

    @Test
    void aPageWithoutTensorRtAndCudnnSaysSo() throws Exception {
        String goals = goals(PAGE.substring(0, PAGE.indexOf("## TensorRT")) + "## TensorRT\n\nNot timed: no libnvinfer.\n");
        assertTrue(goals.contains("| student 2x560, fp16, step: faster than cuDNN | | not measured |\n"), goals);
        assertTrue(goals.contains("under 12 us on an H200 | 11.9 us | reached |"), goals);
    }
}
