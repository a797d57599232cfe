package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The driver, the compiler and the GPU of this machine, found once; or the first that is missing.
 *
 * @param obstacle one clause; null if there is none, and only then the rest is there
 */
record CudaEngine(String obstacle, CudaDriver driver, Nvrtc nvrtc, Gpu gpu, int device, String version) {
    /** Where to look beside the usual places: the file of libnvrtc. */
    private static final String NVRTC_PROPERTY = "adze.nvrtc";

    private static final class Here {
        static final CudaEngine ENGINE =
                probe(CudaDevice.driverCandidates(), System.getProperty(NVRTC_PROPERTY), CudaDevice.wantedOrdinal());
    }

    static CudaEngine here() {
        return Here.ENGINE;
    }

    /**
     * Looks for the driver, starts it, counts GPUs and looks for NVRTC, in this order.
     *
     * @param nvrtcFile null to look in the usual places
     */
    static CudaEngine probe(List<String> driverCandidates, String nvrtcFile, int ordinal) {
        try {
            return find(driverCandidates, nvrtcFile, ordinal);
        } catch (AdzeException | LinkageError e) {
            return missing(e.getMessage());
        }
    }

    private static CudaEngine find(List<String> driverCandidates, String nvrtcFile, int ordinal) {
        CudaDevice device = CudaDevice.find(driverCandidates, ordinal);
        var compiler = NativeFunctions.open(nvrtcFile != null ? List.of(nvrtcFile) : Nvrtc.candidates(device.cudaMajor()));
        if (compiler.isEmpty()) {
            return missing((nvrtcFile != null ? "NVRTC is not at " + nvrtcFile : "NVRTC (libnvrtc) is not found; install"
                    + " cuda-nvrtc or name its file by -D" + NVRTC_PROPERTY + "=FILE"));
        }
        var nvrtc = new Nvrtc(compiler.get());
        return new CudaEngine(null, device.calls(), nvrtc, device.gpu(), device.ordinal(),
                "CUDA driver " + device.driver() + ", NVRTC " + nvrtc.version());
    }

    private static CudaEngine missing(String obstacle) {
        return new CudaEngine(obstacle, null, null, null, 0, null);
    }

    /** The kernel's source. */
    static String source() {
        try (InputStream in = CudaEngine.class.getResourceAsStream("adze_lstm.cu")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from our own jar
        }
    }
}
