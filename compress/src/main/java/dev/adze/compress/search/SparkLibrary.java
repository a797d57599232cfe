package dev.adze.compress.search;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Apache Spark as it is installed: its jars (some 200 MB) are no dependency of Adze but loaded from {@code SPARK_HOME/jars} by a
 * class loader of their own, so that its libraries and ours do not meet. Only five methods of it are called, by reflection,
 * with types of the JDK.
 */
final class SparkLibrary {
    private final URL[] jars;

    private SparkLibrary(URL[] jars) {
        this.jars = jars;
    }

    /** @throws AdzeException UNAVAILABLE if there is no Spark */
    static SparkLibrary in(String home) {
        String mend = "; unpack Apache Spark 4.2 or later, which runs on Java 25, and set SPARK_HOME to its folder";
        if (home == null || home.isBlank()) {
            throw new AdzeException(Kind.UNAVAILABLE, "SPARK_HOME is not set" + mend);
        }
        try (Stream<Path> files = Files.list(Path.of(home, "jars"))) {
            List<Path> all = files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
            if (all.stream().noneMatch(f -> f.getFileName().toString().startsWith("spark-core_"))) {
                throw new AdzeException(Kind.UNAVAILABLE, "there is no spark-core jar in " + Path.of(home, "jars") + mend);
            }
            URL[] urls = new URL[all.size()];
            for (int i = 0; i < urls.length; i++) {
                urls[i] = url(all.get(i));
            }
            return new SparkLibrary(urls);
        } catch (IOException e) {
            throw new AdzeException(Kind.UNAVAILABLE, "SPARK_HOME is " + home + ", but " + Path.of(home, "jars") + " cannot be read" + mend, e);
        }
    }

    private static URL url(Path file) throws MalformedURLException {
        URI uri = file.toUri();
        return uri.toURL();
    }

    /** Connects to a master, or starts Spark in this process. @param tries of a task before its job fails */
    Context start(String master, int tries) {
        var loader = new URLClassLoader("spark", jars, ClassLoader.getPlatformClassLoader());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Class<?> confClass = loader.loadClass("org.apache.spark.SparkConf");
            Object conf = confClass.getConstructor().newInstance();
            for (var setting : Map.of("spark.master", master, "spark.app.name", "adze search", "spark.ui.enabled", "false",
                    "spark.log.level", "ERROR", "spark.task.maxFailures", Integer.toString(tries)).entrySet()) {
                conf = confClass.getMethod("set", String.class, String.class).invoke(conf, setting.getKey(), setting.getValue());
            }
            Object context = loader.loadClass("org.apache.spark.api.java.JavaSparkContext").getConstructor(confClass).newInstance(conf);
            return new Context(loader, context);
        } catch (InvocationTargetException e) {
            throw new AdzeException(Kind.UNAVAILABLE, "Spark does not start for " + master + ": " + e.getCause()
                    + "; check the master's log, and that SPARK_HOME holds the cluster's version, 4.2 or later", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new AdzeException(Kind.UNAVAILABLE, "the Spark under SPARK_HOME is not one that Adze knows (" + e
                    + "); take Apache Spark 4.2 or later", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A running SparkContext. */
    static final class Context implements AutoCloseable {
        private final URLClassLoader loader;
        private final Object context;

        private Context(URLClassLoader loader, Object context) {
            this.loader = loader;
            this.context = context;
        }

        String version() {
            return (String) call(context, "version");
        }

        boolean alive() {
            return !(boolean) call(call(context, "sc"), "isStopped");
        }

        /** Runs the command on some worker with the line on its standard input. @return the lines of its output */
        @SuppressWarnings("unchecked") // JavaFutureAction<List<String>> is a java.util.concurrent.Future of it
        Future<List<String>> pipe(String line, List<String> command, Map<String, String> environment) {
            Object lines = invoke(context, "parallelize", new Class<?>[] {List.class, int.class}, List.of(line), 1);
            Object piped = invoke(lines, "pipe", new Class<?>[] {List.class, Map.class}, command, environment);
            return (Future<List<String>>) call(piped, "collectAsync");
        }

        private Object call(Object target, String method) {
            return invoke(target, method, new Class<?>[0]);
        }

        private Object invoke(Object target, String method, Class<?>[] types, Object... arguments) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                return target.getClass().getMethod(method, types).invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw new AdzeException(Kind.UNAVAILABLE, "Spark refuses " + method + ": " + e.getCause()
                        + "; run the same command to go on when the cluster is back", e);
            } catch (ReflectiveOperationException e) {
                throw new AdzeException(Kind.UNAVAILABLE, "the Spark under SPARK_HOME has no " + method
                        + "; take Apache Spark 4.2 or later", e);
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        @Override
        public void close() {
            // Its class loader stays open: threads and shutdown hooks of Spark's still load classes.
            call(context, "close");
        }
    }
}
