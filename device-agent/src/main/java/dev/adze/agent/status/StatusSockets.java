package dev.adze.agent.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where agents listen for those who ask how they are: {@code PROFILE.sock} in systemd's runtime folder, else in the
 * user's ({@code XDG_RUNTIME_DIR/adze}), else in {@code /tmp/adze-USER}.
 */
public record StatusSockets(Map<String, String> environment) {
    private static final Path SERVICE = Path.of("/run/adze-agent");
    private static final String SUFFIX = ".sock";

    /** The folder that an agent of this environment listens in; made if it is not there, for its user alone. */
    public Path own() throws IOException {
        Path folder = candidates().getFirst();
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self")))) {
            throw new IOException(folder + " belongs to another user");
        }
        return folder;
    }

    /** Sockets of agents that may be running, of this user's and of the service's. */
    public List<Path> existing() {
        var found = new ArrayList<Path>();
        var folders = new LinkedHashSet<>(candidates());
        folders.add(SERVICE);
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().forEach(found::add);
            } catch (IOException e) {
                // No such folder: nobody listens there.
            }
        }
        return found;
    }

    static String name(String profile) {
        return profile + SUFFIX;
    }

    private List<Path> candidates() {
        var folders = new ArrayList<Path>();
        variable("RUNTIME_DIRECTORY").map(Path::of).ifPresent(folders::add);
        variable("XDG_RUNTIME_DIR").map(p -> Path.of(p, "adze")).ifPresent(folders::add);
        folders.add(Path.of("/tmp", "adze-" + System.getProperty("user.name", "user")));
        return folders;
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).map(text -> text.split(":", 2)[0]).filter(text -> text.startsWith("/"));
    }
}
