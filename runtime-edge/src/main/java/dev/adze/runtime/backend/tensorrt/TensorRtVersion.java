package dev.adze.runtime.backend.tensorrt;

/** {@code major.minor.patch} of libnvinfer. */
record TensorRtVersion(int major, int minor, int patch) {
    /** Of getInferLibVersion: 8502 is 8.5.2, from 10 on 101501 is 10.15.1. */
    static TensorRtVersion of(int number) {
        return number >= 100_000 ? new TensorRtVersion(number / 10_000, number / 100 % 100, number % 100)
                : new TensorRtVersion(number / 1000, number / 100 % 10, number % 100);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
