package dev.adze.runtime.kernel;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.NetworkTensors;
import java.util.List;
import java.util.function.Supplier;
import jdk.incubator.vector.FloatVector;

/**
 * The kernel that this process uses, and why: the single place that decides. The order is native (the C library), vector
 * (Java's Vector API), scalar.
 *
 * <p>System properties override the choice, for tests and for finding faults: {@value #KERNEL_PROPERTY} names a kernel
 * ({@code scalar}, {@code vector} or {@code native}), {@value #NATIVE_TIER_PROPERTY} the native kernel's instruction set
 * ({@code generic}, {@code avx2}, {@code avx-vnni}, {@code avx512-vnni}, {@code neon}, {@code neon-dotprod}, {@code neon-i8mm}),
 * {@value #VECTOR_BITS_PROPERTY} the vector kernel's width (128, 256 or 512; wider than the processor's works, slowly).
 */
public final class KernelChoice {
    public static final String KERNEL_PROPERTY = "adze.kernel";
    public static final String NATIVE_TIER_PROPERTY = "adze.nativeTier";
    public static final String VECTOR_BITS_PROPERTY = "adze.vectorBits";

    private final Kernel kernel;
    private final String reason;

    private KernelChoice(Kernel kernel, String reason) {
        this.kernel = kernel;
        this.reason = reason;
    }

    /** The fastest kernel that works here, unless a system property asks for another. */
    public static KernelChoice best() {
        String asked = System.getProperty(KERNEL_PROPERTY);
        return switch (asked) {
            case null -> fastest();
            case "scalar" -> scalar();
            case "vector" -> vector("asked for by -D" + KERNEL_PROPERTY);
            case "native" -> nativeTier(nativeTierHere(), "asked for by -D" + KERNEL_PROPERTY);
            default -> throw new AdzeException(AdzeException.Kind.USAGE,
                    "-D" + KERNEL_PROPERTY + "=" + asked + " is no kernel; use native, vector or scalar");
        };
    }

    private static KernelChoice fastest() {
        String noNative = NativeLibrary.obstacle();
        if (noNative == null) {
            return nativeTier(nativeTierHere(), System.getProperty(NATIVE_TIER_PROPERTY) == null
                    ? "fastest tier of this processor" : "tier asked for by -D" + NATIVE_TIER_PROPERTY);
        }
        String noVector = vectorObstacle();
        return noVector == null ? vector(widthReason() + "; " + noNative)
                : new KernelChoice(new ScalarKernel(), noVector + "; " + noNative);
    }

    /** The reference kernel: slow, works everywhere. */
    public static KernelChoice scalar() {
        return new KernelChoice(new ScalarKernel(), "asked for");
    }

    /** @throws AdzeException UNAVAILABLE without the module jdk.incubator.vector */
    public static KernelChoice vector() {
        return vector("asked for");
    }

    /** Whether the vector kernel works here with vector instructions. */
    public static boolean vectorIsFast() {
        return vectorObstacle() == null;
    }

    private static KernelChoice vector(String reason) {
        requireVectorModule();
        requireKnownWidth();
        return new KernelChoice(new VectorKernel(), reason);
    }

    /** The native kernel with one of {@link #nativeTiers}. */
    public static KernelChoice nativeTier(String tier) {
        return nativeTier(tier, "asked for");
    }

    private static KernelChoice nativeTier(String tier, String reason) {
        return new KernelChoice(new NativeKernel(tier, Skipping.WHERE_IT_PAYS), reason);
    }

    /** This choice, with products left out otherwise; kernels that leave nothing out anyway stay as they are. */
    public KernelChoice with(Skipping skipping) {
        return kernel instanceof NativeKernel it ? new KernelChoice(it.with(skipping), reason) : this;
    }

    /** This choice, or for a network that its kernel cannot run, the fastest Java kernel, with the reason. */
    KernelChoice serving(NetworkTensors tensors) {
        String obstacle = kernel.obstacle(tensors);
        if (obstacle == null) {
            return this;
        }
        String noVector = vectorObstacle();
        return noVector == null ? new KernelChoice(new VectorKernel(), obstacle)
                : new KernelChoice(new ScalarKernel(), obstacle + "; " + noVector);
    }

    /** The native kernel's tiers that work here, from the plainest to the fastest; empty without a native library. */
    public static List<String> nativeTiers() {
        return NativeLibrary.obstacle() == null ? NativeKernel.usableTiers() : List.of();
    }

    private static String nativeTierHere() {
        return System.getProperty(NATIVE_TIER_PROPERTY, NativeKernel.usableTiers().getLast());
    }

    /** For a network that another engine runs. */
    static KernelChoice hosted(Supplier<String> name, String reason) {
        return new KernelChoice(new HostedKernel(name), reason);
    }

    /** Name for logs and reports, for example {@code vector-512}. */
    public String name() {
        return kernel.name();
    }

    /** One clause for people, for example "preferred vector width of this processor". */
    public String reason() {
        return reason;
    }

    /** Whether several threads can share a step of this kernel ({@link Threads}). */
    public boolean sharesSteps() {
        return kernel.sharesSteps();
    }

    Kernel kernel() {
        return kernel;
    }

    private static String vectorObstacle() {
        if (!vectorModulePresent()) {
            return "no module jdk.incubator.vector;"
                    + " start java with --add-modules jdk.incubator.vector for the fast kernel";
        }
        int bits = Probe.preferredBits();
        return bits < 128 && System.getProperty(VECTOR_BITS_PROPERTY) == null
                ? "Java has no vector instructions of 128 bits or more on this processor" : null;
    }

    private static String widthReason() {
        return System.getProperty(VECTOR_BITS_PROPERTY) == null
                ? "preferred vector width of this processor" : "width asked for by -D" + VECTOR_BITS_PROPERTY;
    }

    private static boolean vectorModulePresent() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    private static void requireVectorModule() {
        if (!vectorModulePresent()) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE,
                    "the vector kernel needs java started with --add-modules jdk.incubator.vector");
        }
    }

    private static void requireKnownWidth() {
        String asked = System.getProperty(VECTOR_BITS_PROPERTY);
        if (asked != null && !asked.matches("128|256|512")) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "-D" + VECTOR_BITS_PROPERTY + "=" + asked + " is no width; use 128, 256 or 512");
        }
    }

    /** Apart, so that it is loaded only where the module is present. */
    private static final class Probe {
        static int preferredBits() {
            return FloatVector.SPECIES_PREFERRED.vectorBitSize();
        }
    }
}
