package dev.adze.runtime.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The engines of this process. */
public final class Backends {
    private Backends() {}

    /** Our own kernels, the fastest by expectation first, then what was found; whether they can be tried is not asked yet. */
    public static List<Backend> all() {
        var all = new ArrayList<>(KernelBackend.here());
        all.addAll(others());
        return all;
    }

    /** Engines that are not ours. */
    public static List<Backend> others() {
        return ServiceLoader.load(Backend.class, Backends.class.getClassLoader()).stream().map(ServiceLoader.Provider::get)
                .toList();
    }
}
