package dev.adze.runtime.backend.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs are loaded apart from what is on the class path. */
class PackLoaderTest {
    private static final String PACK = """
            package dev.adze.tensorrt;
            import dev.adze.runtime.backend.tensorrt.*;
            public final class Pack implements TensorRtLibrary {
                public Pack() { %s }
                public boolean stronglyTyped() { return org.bytedeco.javacpp.Loader.OWN; }
                public Built build(EngineGraph graph, byte[] timingCache) {
                    return new Built(System.getProperty("seen.cachedir", "").getBytes(), new byte[0]);
                }
                public Engine load(byte[] plan) { throw new IllegalStateException("none"); }
            }
            """;
    /** A class that the class path has too, through the optional TensorFlow Lite bindings. */
    private static final String LOADER = """
            package org.bytedeco.javacpp;
            public final class Loader {
                public static final boolean OWN = own();
                private static boolean own() {
                    System.setProperty("seen.cachedir", System.getProperty("org.bytedeco.javacpp.cachedir", "none"));
                    return true;
                }
            }
            """;

    @TempDir
    Path folder;

    private void pack(String constructor) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "there is no Java compiler in this Java");
        Path jar = Files.createDirectories(folder.resolve("packs/8.4")).resolve("pack.jar");
        Path classes = Files.createDirectories(folder.resolve("classes"));
        for (var source : Map.of("Pack", PACK.formatted(constructor), "Loader", LOADER).entrySet()) {
            Files.writeString(folder.resolve(source.getKey() + ".java"), source.getValue());
        }
        assertEquals(0, compiler.run(null, null, null, "-proc:none", "-d", classes.toString(), "-cp",
                Path.of(TensorRtLibrary.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toString(),
                folder.resolve("Loader.java").toString(), folder.resolve("Pack.java").toString()));
        try (var out = new JarOutputStream(Files.newOutputStream(jar)); var files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }

    @Test
    void aPackSeesItsOwnBindingsAndAFolderOfItsOwnForTheirNativeParts() throws IOException {
        pack("if (!org.bytedeco.javacpp.Loader.OWN) throw new IllegalStateException();");
        String before = System.getProperty("org.bytedeco.javacpp.cachedir");
        TensorRtLibrary library = PackLoader.load(TensorRtPack.V8_4, List.of(folder.resolve("packs")));
        assertTrue(library.stronglyTyped());
        String seen = new String(library.build(null, new byte[0]).plan());
        assertTrue(seen.endsWith("/adze-tensorrt-8.4"), seen);
        assertEquals(before, System.getProperty("org.bytedeco.javacpp.cachedir"), "set back");
        System.clearProperty("seen.cachedir");
    }

    @Test
    void whatDoesNotLoadIsToldInOneLineWithTheLibraryThatIsMissing() throws IOException {
        pack("throw new UnsatisfiedLinkError(\"libcublas.so.11: cannot open shared object file\");");
        var e = assertThrows(AdzeException.class, () -> PackLoader.load(TensorRtPack.V8_4, List.of(folder.resolve("packs"))));
        assertEquals(AdzeException.Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("libcublas.so.11") && e.getMessage().contains("packs/8.4")
                && !e.getMessage().contains("\n"), e.getMessage());
    }
}
