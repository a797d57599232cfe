package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Loads a pack's jars in a class loader of its own, since two versions of JavaCPP cannot share one. Of what is outside it
 * sees Adze's runtime, but none of the bindings that may be on the class path.
 */
final class PackLoader {
    private static final String PACKS_PROPERTY = "adze.tensorrt.packs";
    private static final String BINDINGS = "org.bytedeco.";
    private static final String JAVACPP_CACHE = "org.bytedeco.javacpp.cachedir";
    private static final String OURS = "dev.adze.tensorrt.";

    private PackLoader() {}

    /** Folders that may hold a folder for each pack, in order. */
    static List<Path> folders() {
        String named = System.getProperty(PACKS_PROPERTY);
        if (named != null) {
            return List.of(Path.of(named));
        }
        String data = Optional.ofNullable(System.getenv("XDG_DATA_HOME")).filter(s -> !s.isEmpty())
                .orElse(System.getProperty("user.home") + "/.local/share");
        return List.of(Path.of(data, "adze", "tensorrt"), Path.of("/opt/adze/tensorrt"));
    }

    /** Why a pack cannot be loaded, in one clause. */
    static Optional<String> obstacle(TensorRtPack pack, List<Path> folders) {
        return jars(pack, folders).isEmpty() ? Optional.of("the bindings for it are not in " + folders.stream()
                .map(f -> f.resolve(pack.folder()).toString()).reduce((a, b) -> a + " or " + b).orElseThrow()
                + " (docs/backends.md tells how to make them; -D" + PACKS_PROPERTY + "=FOLDER names another folder)")
                : Optional.empty();
    }

    private static List<Path> jars(TensorRtPack pack, List<Path> folders) {
        for (Path folder : folders) {
            try (var files = Files.list(folder.resolve(pack.folder()))) {
                List<Path> jars = files.filter(f -> f.getFileName().toString().endsWith(".jar")).sorted().toList();
                if (!jars.isEmpty()) {
                    return jars;
                }
            } catch (IOException e) {
                // Not there: the next one.
            }
        }
        return List.of();
    }

    /**
     * The bindings of a pack. They load TensorRT, CUDA, cuBLAS and cuDNN.
     *
     * @throws AdzeException UNAVAILABLE if they do not load
     */
    static TensorRtLibrary load(TensorRtPack pack, List<Path> folders) {
        List<Path> jars = jars(pack, folders);
        try {
            var loader = new Isolated(urls(jars), TensorRtLibrary.class.getClassLoader());
            return inOwnCache(pack, () -> (TensorRtLibrary) loader.loadClass(TensorRtLibrary.IMPLEMENTATION)
                    .getConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError | ClassCastException | MalformedURLException e) {
            Throwable root = e;
            while (root.getCause() != null) { // JavaCPP names the library that it tried last, not the one that is missing
                root = root.getCause();
            }
            if (root instanceof AdzeException known) {
                throw known;
            }
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the bindings in " + (jars.isEmpty() ? pack.folder()
                    : jars.getFirst().getParent())
                    + " do not load (" + root + "); install the library that it names, or make the pack for this platform", e);
        }
    }

    private interface Loading {
        TensorRtLibrary run() throws ReflectiveOperationException;
    }

    /** A native library belongs to one class loader, so JavaCPP must not unpack two packs' into one folder. */
    private static synchronized TensorRtLibrary inOwnCache(TensorRtPack pack, Loading loading)
            throws ReflectiveOperationException {
        String before = System.getProperty(JAVACPP_CACHE);
        String base = before != null ? before : System.getProperty("user.home") + "/.javacpp/cache";
        System.setProperty(JAVACPP_CACHE, base + "/adze-tensorrt-" + pack.folder());
        try {
            return loading.run();
        } finally {
            if (before != null) {
                System.setProperty(JAVACPP_CACHE, before);
            } else {
                System.clearProperty(JAVACPP_CACHE);
            }
        }
    }

    private static URL[] urls(List<Path> jars) throws MalformedURLException {
        var urls = new ArrayList<URL>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    /** Its own classes first, and of the bindings its own alone. */
    private static final class Isolated extends URLClassLoader {
        Isolated(URL[] jars, ClassLoader runtime) {
            super("adze-tensorrt", jars, runtime);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(BINDINGS) && !name.startsWith(OURS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }

        /** Bindings look for their native parts and properties by this. */
        @Override
        public URL getResource(String name) {
            return name.startsWith("org/bytedeco/") ? findResource(name) : super.getResource(name);
        }
    }
}
