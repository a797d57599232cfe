package dev.adze.compress.train;

import dev.adze.runtime.AdzeException;
import org.bytedeco.pytorch.global.torch;

/** Loading and global settings of LibTorch, which are per process. */
public final class Torch {
    private Torch() {}

    /**
     * Loads LibTorch and sets its thread count.
     *
     * @throws AdzeException UNAVAILABLE with the mend where the native library cannot be loaded
     */
    public static void start(int threads) {
        try {
            torch.set_num_threads(threads);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "LibTorch cannot be loaded ("
                    + root.getMessage() + "): training needs Linux x86-64 with glibc 2.35 or newer and a writable"
                    + " native cache (set -Dorg.bytedeco.javacpp.cachedir=FOLDER)", e);
        }
    }

    /** Seeds dropout and initialisation. */
    static void seed(long seed) {
        torch.manual_seed(seed);
    }

    /** splitmix64 finaliser (Steele et al. 2014): unrelated streams from (seed, index) pairs. */
    public static long mix(long seed, long index) {
        long z = seed + 0x9e3779b97f4a7c15L * (index + 1);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
