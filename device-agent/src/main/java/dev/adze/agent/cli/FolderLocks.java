package dev.adze.agent.cli;

import dev.adze.profiles.ForwardOptions;
import dev.adze.profiles.Profile;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps a second agent out of the folders that a run writes to: two that appended to one forward log would give a number to two
 * reports, and its receiver would take one of them for a repetition. The system gives locks back when a process ends, however it ends.
 */
final class FolderLocks implements AutoCloseable {
    static final String FILE = "agent.lock";

    private final List<FileChannel> held = new ArrayList<>();

    private FolderLocks() {}

    /** @throws AdzeException UNAVAILABLE if another agent has one of the folders */
    static FolderLocks take(Profile profile) {
        Map<Path, String> folders = new LinkedHashMap<>();
        profile.state().folder().ifPresent(folder -> folders.putIfAbsent(real(folder), "state.folder"));
        profile.reporting().forward().map(ForwardOptions::folder).ifPresent(folder -> folders.putIfAbsent(real(folder), "reporting.forward.folder"));
        var locks = new FolderLocks();
        try {
            folders.forEach(locks::take);
            return locks;
        } catch (RuntimeException e) {
            locks.close();
            throw e;
        }
    }

    /** The folder itself, made if it is not there, so that two ways to it count as one. */
    private static Path real(Path folder) {
        try {
            Files.createDirectories(folder);
            return folder.toRealPath();
        } catch (IOException e) {
            return folder; // whoever writes to it says why
        }
    }

    private void take(Path folder, String key) {
        try {
            FileChannel channel = FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            held.add(channel);
            if (channel.tryLock() == null) {
                throw taken(folder, key);
            }
        } catch (OverlappingFileLockException e) {
            throw taken(folder, key);
        } catch (IOException e) {
            // A disk that is full or read-only, or one without locks: no reason not to run.
        }
    }

    private static AdzeException taken(Path folder, String key) {
        return new AdzeException(Kind.UNAVAILABLE, "another agent runs with " + key + " " + folder + " (`adze-agent status` tells which);"
                + " stop it, or name another folder");
    }

    @Override
    public void close() {
        for (FileChannel channel : held) {
            try {
                channel.close();
            } catch (IOException e) {
                // The process's end frees it.
            }
        }
    }
}
