package dev.adze.agent.cli;

import dev.adze.profiles.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the agent keeps what it can make again: nothing there is missed if it is lost. */
final class CacheFolder {
    private CacheFolder() {}

    /**
     * For tables of measured engines: systemd's cache folder, else beside the model's memory, else the user's cache.
     * Empty if none of them can be written.
     */
    static Optional<Path> backends(Profile profile) {
        return candidate(System.getenv(), profile).map(folder -> folder.resolve("backends")).filter(CacheFolder::usable);
    }

    static Optional<Path> candidate(Map<String, String> environment, Profile profile) {
        return path(environment, "CACHE_DIRECTORY")
                .or(() -> profile.state().folder())
                .or(() -> path(environment, "XDG_CACHE_HOME").map(p -> p.resolve("adze")))
                .or(() -> path(environment, "HOME").map(p -> p.resolve(".cache/adze")));
    }

    private static Optional<Path> path(Map<String, String> environment, String name) {
        // systemd gives several folders separated by colons; relative ones count for nothing (XDG base directory rules).
        return Optional.ofNullable(environment.get(name)).map(text -> text.split(":", 2)[0])
                .filter(text -> text.startsWith("/")).map(Path::of);
    }

    private static boolean usable(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder);
        } catch (IOException e) {
            return false;
        }
    }
}
