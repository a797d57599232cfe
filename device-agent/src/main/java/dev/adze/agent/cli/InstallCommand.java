package dev.adze.agent.cli;

import dev.adze.agent.install.Incoming;
import dev.adze.agent.install.Release;
import dev.adze.agent.install.Releases;
import dev.adze.agent.state.DiskFiles;
import dev.adze.profiles.Profile;
import dev.adze.profiles.ProfileException;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.BundleReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "install",
        description = "Checks a bundle, a profile or both and makes them the folder's current release, whole or not at all, for"
                + " `adze-agent run --installed`; or goes back to the release before.",
        mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
    @Option(names = "--into", paramLabel = "FOLDER", required = true, description = "Where releases are kept; made if its parent is there.")
    private Path folder;

    @Option(names = "--bundle", paramLabel = "FILE", description = "The new model (default: that of the current release).")
    private Path bundle;

    @Option(names = "--profile", paramLabel = "PROFILE",
            description = "The new profile, a file or a ready one's name (default: that of the current release).")
    private String profileName;

    @Option(names = "--back", description = "Return to the release before; once more, and it is undone.")
    private boolean back;

    private interface Change {
        Release make(Releases releases) throws IOException;
    }

    @Override
    public Integer call() {
        if (back == (bundle != null || profileName != null)) {
            throw new AdzeException(Kind.USAGE, "give --bundle FILE, --profile PROFILE or both; or --back alone");
        }
        try {
            System.out.println(back ? goBack() : install());
            return 0;
        } catch (IOException e) {
            throw new AdzeException(Kind.CANNOT_WRITE, folder + " cannot be used for releases (" + e.getClass().getSimpleName() + ": "
                    + e.getMessage() + "); see to it that it is a folder that you may write", e);
        }
    }

    private String install() throws IOException {
        Optional<Release> base = bundle != null && profileName != null ? Optional.empty() : Optional.of(Releases.in(folder).current());
        Path bundleFile = bundle != null ? bundle : folder.resolve(base.orElseThrow().bundle().name());
        Optional<byte[]> text = Optional.ofNullable(profileName).map(InstallCommand::text);
        // Paths in it are taken from where it will lie.
        Profile profile = text.isPresent() ? ProfileReader.parse(profileName, text.get(), folder.toAbsolutePath().normalize())
                : ProfileReader.read(folder.resolve(base.orElseThrow().profile().name()));
        Optional<Incoming> newBundle = bundle == null ? Optional.empty() : Optional.of(incoming(bundle));
        Optional<Incoming> newProfile = text.isEmpty() ? Optional.empty()
                : Optional.of(Incoming.of(() -> new ByteArrayInputStream(text.get())));
        String model = ProfileFit.require(profile, bundleFile).name();
        makeFolder();
        Optional<Release> replaced = Releases.in(folder).named();
        String old = replaced.map(r -> "; replaces " + describe(r)).orElse("; the first one there");
        Release made = locked(releases -> releases.install(base, newBundle, newProfile));
        return "installed release " + made.number() + " in " + folder + ": model " + model + (bundle == null ? " (as before)" : "") + ", profile "
                + profile.name() + (text.isEmpty() ? " (as before)" : "") + old + ". It counts from the agent's next start";
    }

    private String goBack() throws IOException {
        Release to = Releases.in(folder).previous();
        ProfileFit.require(ProfileReader.read(folder.resolve(to.profile().name())), folder.resolve(to.bundle().name()));
        String old = Releases.in(folder).named().map(this::describe).orElse("none");
        locked(releases -> releases.back(to));
        return "back in " + folder + ": " + describe(to) + "; replaces " + old + ". It counts from the agent's next start";
    }

    /** Of the file as it is now; {@link Releases#install} refuses another. */
    private static Incoming incoming(Path file) {
        try {
            return Incoming.of(() -> Files.newInputStream(file));
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static byte[] text(String nameOrPath) {
        String origin = ProfileReader.readNamedOrPath(nameOrPath).origin(); // tells what is wrong with it as all commands do
        try {
            return origin.equals("ready profile " + nameOrPath) ? ProfileReader.readyYaml(nameOrPath) : Files.readAllBytes(Path.of(nameOrPath));
        } catch (IOException e) {
            throw unreadable(nameOrPath, e);
        }
    }

    private static AdzeException unreadable(String file, IOException e) {
        return new AdzeException(Kind.NOT_FOUND, file + " cannot be read (" + e.getClass().getSimpleName() + "); name a file that is there", e);
    }

    private void makeFolder() throws IOException {
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (Files.isDirectory(folder) || parent == null) {
            return;
        }
        if (!Files.isDirectory(parent)) {
            throw new AdzeException(Kind.NOT_FOUND, "there is no folder " + parent + " to make " + folder + " in; make it first");
        }
        Files.createDirectory(folder);
        new DiskFiles(parent).syncFolder();
    }

    private Release locked(Change change) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw new AdzeException(Kind.UNAVAILABLE, "another install is at work in " + folder + "; try again when it is done");
            }
            return change.make(Releases.in(folder));
        }
    }

    private String describe(Release release) {
        try (Arena arena = Arena.ofConfined()) {
            return "release " + release.number() + ": model " + BundleReader.read(folder.resolve(release.bundle().name()), arena).manifest().name()
                    + ", profile " + ProfileReader.read(folder.resolve(release.profile().name())).name();
        } catch (AdzeException | ProfileException e) {
            return "release " + release.number() + ", which is damaged";
        }
    }
}
