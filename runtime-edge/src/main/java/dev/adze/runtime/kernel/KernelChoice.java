package dev.adze.runtime.kernel;

import dev.adze.runtime.AdzeException;
import jdk.incubator.vector.FloatVector;

/**
 * The kernel that this process uses, and why: the single place that decides.
 *
 * <p>System properties override the choice, for tests and for finding faults: {@value #KERNEL_PROPERTY} names a kernel
 * ({@code scalar} or {@code vector}), {@value #VECTOR_BITS_PROPERTY} the vector width (128, 256 or 512; wider than the
 * processor's works, slowly).
 */
public final class KernelChoice {
    public static final String KERNEL_PROPERTY = "adze.kernel";
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
            case null -> {
                String obstacle = vectorObstacle();
                yield obstacle == null ? vector(widthReason()) : new KernelChoice(new ScalarKernel(), obstacle);
            }
            case "scalar" -> scalar();
            case "vector" -> vector("asked for by -D" + KERNEL_PROPERTY);
            default -> throw new AdzeException(AdzeException.Kind.USAGE,
                    "-D" + KERNEL_PROPERTY + "=" + asked + " is no kernel; use scalar or vector");
        };
    }

    /** The reference kernel: slow, works everywhere. */
    public static KernelChoice scalar() {
        return new KernelChoice(new ScalarKernel(), "asked for");
    }

    private static KernelChoice vector(String reason) {
        requireVectorModule();
        requireKnownWidth();
        return new KernelChoice(new VectorKernel(), reason);
    }

    /** Name for logs and reports, for example {@code vector-512}. */
    public String name() {
        return kernel.name();
    }

    /** One clause for people, for example "preferred vector width of this processor". */
    public String reason() {
        return reason;
    }

    Kernel kernel() {
        return kernel;
    }

    private static String vectorObstacle() {
        if (!vectorModulePresent()) {
            return "no module jdk.incubator.vector; start java with --add-modules jdk.incubator.vector for the fast kernel";
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
