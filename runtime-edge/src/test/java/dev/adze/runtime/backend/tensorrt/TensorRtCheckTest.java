package dev.adze.runtime.backend.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.RecurrentNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page of gpu-check.sh, on a GPU that is host memory: that it checks, times and reports what it is made for. */
class TensorRtCheckTest {
    private static final List<TensorRtCheck.Case> SMALL =
            List.of(new TensorRtCheck.Case("small", RecurrentNetwork.stackedLstm(3, 2, 5, 1)));

    @Test
    void everyFormAndPrecisionHasARowAndAgrees() {
        var gpu = new HostGpu();
        gpu.capability = 90;
        gpu.enter();
        var library = new InterpretedTensorRt(gpu);
        var check = new TensorRtCheck(gpu, library, 4, 3);
        List<String> lines = check.page(SMALL);
        assertTrue(check.agree(), String.join("\n", lines));
        assertEquals(4 * 3, lines.stream().filter(l -> l.startsWith("| small |") && l.endsWith("| graph |")).count(),
                String.join("\n", lines));
        assertTrue(lines.getLast().equals("All agree.") && lines.get(lines.size() - 2).startsWith("small, step: fp16 takes 1/"),
                String.join("\n", lines));
        assertEquals(0, gpu.live() + library.live);
    }

    @Test
    void aDifferenceIsFoundAndARefusalIsARow() {
        var gpu = new HostGpu();
        gpu.enter();
        var library = new InterpretedTensorRt(gpu);
        library.spoils = "unrolled";
        library.refuses = "loop";
        var check = new TensorRtCheck(gpu, library, 4, 3);
        List<String> lines = check.page(SMALL);
        assertFalse(check.agree());
        assertTrue(lines.stream().anyMatch(l -> l.contains("loop window of 4 |  | | | TensorRT does not build")),
                String.join("\n", lines));
        assertEquals("**They do not all agree.**", lines.getLast());
        assertEquals(0, gpu.live() + library.live);
    }
}
