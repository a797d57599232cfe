package dev.adze.agent.service;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Threads whose work can wait for that of sampling. Linux keeps a nice value for each thread (setpriority(2) with 0 for who), and
 * a thread begins with that of the one that starts it: so a library's threads follow. Java's own priorities mean nothing there.
 */
public final class Background {
    /** A tenth of the weight of a thread of 0, and woken threads of 0 go first. */
    static final int NICE = 10;
    private static final int PRIO_PROCESS = 0;

    private Background() {}

    /**
     * Lets the calling thread, and those that it starts from now on, give way to all others of this machine.
     *
     * @return whether the system does that; without it the thread works as before
     */
    public static boolean giveWay() {
        return giveWay(List.of(0));
    }

    /** Lets Java's compilers give way, too: what they compile runs meanwhile, only slower. */
    public static boolean compilersGiveWay() {
        var compilers = new ArrayList<Integer>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                // Names are cut to 15 characters.
                if (Files.readString(thread.resolve("comm")).matches("C[12] Compiler.*\\s*")) {
                    compilers.add(Integer.valueOf(thread.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            return false; // no /proc, or a thread that has just ended
        }
        return giveWay(compilers);
    }

    private static boolean giveWay(List<Integer> threads) {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle setPriority = linker.downcallHandle(linker.defaultLookup().findOrThrow("setpriority"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
            boolean done = !threads.isEmpty();
            for (int thread : threads) {
                done &= (int) setPriority.invokeExact(PRIO_PROCESS, thread, NICE) == 0;
            }
            return done;
        } catch (Throwable e) {
            return false; // no such function, or a Java that has no native calls here
        }
    }
}
