package dev.adze.runtime.backend.tensorrt;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The bindings that fit a TensorRT and a CUDA of the machine. A pack is bound to CUDA's major version, whose libraries its
 * bindings load, and to TensorRT's interface: minor versions only add to it.
 */
enum TensorRtPack {
    /** JetPack 5.1: TensorRT 8.5.2. */
    V8_4("8.4", 8, 0, 5, 11, "libcudart.so.11.0", "JetPack 5"),
    /** JetPack 6.0: TensorRT 8.6.2. */
    V8_6("8.6", 8, 6, 99, 12, "libcudart.so.12", "JetPack 6.0"),
    /** JetPack 6.1 and 6.2: TensorRT 10.3. */
    V10_6("10.6", 10, 0, 99, 12, "libcudart.so.12", "JetPack 6.1, 6.2"),
    /** JetPack 7: TensorRT 10.13. */
    V10_15("10.15", 10, 0, 99, 13, "libcudart.so.13", "JetPack 7");

    private final String folder;
    private final int major;
    private final int fromMinor;
    private final int toMinor;
    private final int cudaMajor;
    private final String runtime;
    private final String jetPack;

    TensorRtPack(String folder, int major, int fromMinor, int toMinor, int cudaMajor, String runtime, String jetPack) {
        this.folder = folder;
        this.major = major;
        this.fromMinor = fromMinor;
        this.toMinor = toMinor;
        this.cudaMajor = cudaMajor;
        this.runtime = runtime;
        this.jetPack = jetPack;
    }

    /** Its name, and that of its folder. */
    String folder() {
        return folder;
    }

    /** File name of the CUDA runtime that it loads. */
    String runtime() {
        return runtime;
    }

    /** @param cudaMajor of the CUDA runtime that is installed */
    static Optional<TensorRtPack> of(TensorRtVersion version, int cudaMajor) {
        return Arrays.stream(values()).filter(p -> p.major == version.major() && p.fromMinor <= version.minor()
                && version.minor() <= p.toMinor && p.cudaMajor == cudaMajor).findFirst();
    }

    /** What would do, for people. */
    static String all() {
        return Arrays.stream(values()).map(p -> "TensorRT " + (p.major == 8 ? p.toMinor == 5 ? "8.4 or 8.5" : "8.6" : "10")
                + " with CUDA " + p.cudaMajor + " (" + p.jetPack + ")").collect(Collectors.joining(", "));
    }
}
