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
    /** Where to look beside the usual places: the files of libcuda.so.1 and of libnvrtc. */
    private static final String DRIVER_PROPERTY = "adze.cuda.driver";
    private static final String NVRTC_PROPERTY = "adze.nvrtc";
    /** Which GPU, counted from 0. */
    private static final String DEVICE_PROPERTY = "adze.cuda.device";
    /** CUDA 11.4: the first whose driver has all that is called. */
    private static final int OLDEST_DRIVER = 11_040;

    private static final class Here {
        static final CudaEngine ENGINE =
                probe(driverCandidates(), System.getProperty(NVRTC_PROPERTY), Integer.getInteger(DEVICE_PROPERTY, 0));
    }

    static CudaEngine here() {
        return Here.ENGINE;
    }

    private static List<String> driverCandidates() {
        String named = System.getProperty(DRIVER_PROPERTY);
        return named != null ? List.of(named) : List.of("libcuda.so.1", "/usr/lib/aarch64-linux-gnu/tegra/libcuda.so.1",
                "/usr/lib/aarch64-linux-gnu/nvidia/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1");
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
        var driverLibrary = NativeFunctions.open(driverCandidates);
        if (driverLibrary.isEmpty()) {
            return missing("there is no CUDA driver (" + driverCandidates.getFirst() + " is not found)");
        }
        var driver = new CudaDriver(driverLibrary.get());
        driver.init();
        int version = driver.version();
        if (version < OLDEST_DRIVER) {
            return missing("the CUDA driver is of version " + version(version) + " but "
                    + version(OLDEST_DRIVER) + " or newer is needed");
        }
        int count = driver.deviceCount();
        if (ordinal >= count || ordinal < 0) {
            return missing(count == 0 ? "there is no GPU" : "there is no GPU " + ordinal + " (-D" + DEVICE_PROPERTY
                    + "), only " + count);
        }
        var compiler = NativeFunctions.open(nvrtcFile != null ? List.of(nvrtcFile) : Nvrtc.candidates(version / 1000));
        if (compiler.isEmpty()) {
            return missing((nvrtcFile != null ? "NVRTC is not at " + nvrtcFile : "NVRTC (libnvrtc) is not found; install"
                    + " cuda-nvrtc or name its file by -D" + NVRTC_PROPERTY + "=FILE"));
        }
        var nvrtc = new Nvrtc(compiler.get());
        int device = driver.device(ordinal);
        return new CudaEngine(null, driver, nvrtc, Gpu.of(driver, device), device,
                "CUDA driver " + version(version) + ", NVRTC " + nvrtc.version());
    }

    private static CudaEngine missing(String obstacle) {
        return new CudaEngine(obstacle, null, null, null, 0, null);
    }

    private static String version(int version) {
        return version / 1000 + "." + version % 1000 / 10;
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
