package dev.adze.agent.install;

import dev.adze.agent.state.DiskFiles;
import dev.adze.agent.state.StateFiles;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The releases of one folder: bundle and profile, each in a file that is written once and never again, and {@code current}, which
 * says which two count. A new release is written and put on the disk under names that nothing refers to; then a new
 * {@code current}, written aside, takes the place of the old one in one step. So a power cut leaves the old pair or the new
 * one. The release before stays for {@link #back}; files of older ones, and of installs that were cut short, are taken away.
 */
public final class Releases {
    private static final String POINTER = "current";
    private static final String ASIDE = "current.new";
    private static final int MOST_POINTER_BYTES = 4096;
    private static final Pattern OURS = Pattern.compile("release-[0-9]{1,18}\\.(adze|yaml)");
    private static final int CHUNK = 1 << 20;

    private final StateFiles files;
    private final String where;

    /** @param where the folder, for messages */
    public Releases(StateFiles files, String where) {
        this.files = files;
        this.where = where;
    }

    /**
     * Those of a folder, which is not made.
     *
     * @throws AdzeException NOT_FOUND
     */
    public static Releases in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw none(folder.toString());
        }
        return new Releases(new DiskFiles(folder), folder.toString());
    }

    /**
     * The release that counts; its files are there and as they were installed.
     *
     * @throws AdzeException NOT_FOUND if there is none; BAD_BUNDLE if it is damaged
     */
    public Release current() throws IOException {
        return whole(required().current(), ", or return with `adze-agent install --into " + where + " --back`");
    }

    /**
     * The release that {@link #back} returns to; its files are there and as they were installed.
     *
     * @throws AdzeException NOT_FOUND if there is none; BAD_BUNDLE if it is damaged
     */
    public Release previous() throws IOException {
        Pointer pointer = required();
        return whole(pointer.previous().orElseThrow(() -> new AdzeException(Kind.NOT_FOUND, where + " has no release before release "
                + pointer.current().number() + "; install the bundle and profile that you want")), "");
    }

    /** The release that counts, whether or not its files are whole; empty if there is none that can be told. */
    public Optional<Release> named() throws IOException {
        return readable().map(Pointer::current);
    }

    /**
     * Takes in a release. When it returns, the release survives a power cut; a power cut before leaves it or the one before.
     *
     * @param base the release that what is not given is taken from
     * @throws AdzeException CANNOT_WRITE; then what was current is so still unless the message says otherwise
     */
    public Release install(Optional<Release> base, Optional<Incoming> bundle, Optional<Incoming> profile) throws IOException {
        Optional<Pointer> before = readable();
        if (base.isPresent() && !base.equals(before.map(Pointer::current))) {
            throw meanwhile();
        }
        if (before.isPresent()) {
            tidy(before.get());
        }
        long number = 1 + before.map(Pointer::highest).orElse(0L);
        List<String> names = files.names();
        while (names.contains(bundleName(number)) || names.contains(profileName(number))) {
            number++; // of a folder whose pointer was damaged: whoever runs may have these open
        }
        Pointer after;
        try {
            Part newBundle = bundle.isPresent() ? take(bundleName(number), bundle.get()) : base.orElseThrow().bundle();
            Part newProfile = profile.isPresent() ? take(profileName(number), profile.get()) : base.orElseThrow().profile();
            files.syncFolder();
            after = new Pointer(new Release(number, newBundle, newProfile), before.flatMap(this::newestWhole));
            put(after);
        } catch (IOException | RuntimeException e) {
            delete(List.of(bundleName(number), profileName(number), ASIDE));
            throw e instanceof IOException io ? new AdzeException(Kind.CANNOT_WRITE, "nothing is installed in " + where + " ("
                    + io.getMessage() + "), what was current there is so still; make room, or see to it that it can be written", io)
                    : (RuntimeException) e;
        }
        putForGood(after);
        tidy(after);
        return after.current();
    }

    /**
     * Makes the previous release the current one, and the other way round.
     *
     * @param to what {@link #previous} said
     */
    public Release back(Release to) throws IOException {
        Pointer before = required();
        if (!before.previous().equals(Optional.of(to))) {
            throw meanwhile();
        }
        var after = new Pointer(to, Optional.of(before.current()));
        try {
            put(after);
        } catch (IOException e) {
            delete(List.of(ASIDE));
            throw new AdzeException(Kind.CANNOT_WRITE, where + " still has release " + before.current().number() + " (" + e.getMessage()
                    + "); make room, or see to it that it can be written", e);
        }
        putForGood(after);
        return to;
    }

    private static String bundleName(long number) {
        return "release-" + number + ".adze";
    }

    private static String profileName(long number) {
        return "release-" + number + ".yaml";
    }

    private Part take(String name, Incoming from) throws IOException {
        var crc = new CRC32C();
        long bytes = 0;
        try (InputStream in = from.opener().open()) {
            byte[] chunk = in.readNBytes(CHUNK);
            files.write(name, chunk);
            while (chunk.length > 0) {
                crc.update(chunk);
                bytes += chunk.length;
                chunk = in.readNBytes(CHUNK);
                if (chunk.length > 0) {
                    files.append(name, chunk);
                }
            }
        }
        if (bytes != from.bytes() || (int) crc.getValue() != from.crc()) {
            throw new AdzeException(Kind.BAD_DATA, "a file changed while it was being installed in " + where + "; try again when it is whole");
        }
        files.sync(name);
        return new Part(name, bytes, from.crc());
    }

    private void put(Pointer pointer) throws IOException {
        files.write(ASIDE, pointer.toBytes());
        files.sync(ASIDE);
        files.rename(ASIDE, POINTER);
    }

    private void putForGood(Pointer pointer) {
        try {
            files.syncFolder();
        } catch (IOException e) {
            throw new AdzeException(Kind.CANNOT_WRITE, where + " has release " + pointer.current().number() + " now, but it could not be put on"
                    + " the disk (" + e.getMessage() + "), so that a power cut may undo it; do the same again", e);
        }
    }

    /** What to go back to from a new release: the current one, or the one before it where that is damaged. */
    private Optional<Release> newestWhole(Pointer before) {
        try {
            return Optional.of(whole(before.current(), ""));
        } catch (AdzeException | IOException e) {
            return before.previous();
        }
    }

    /** Whoever runs an older release has its files open still. What cannot be deleted now is so the next time. */
    private void tidy(Pointer keep) throws IOException {
        delete(files.names().stream().filter(n -> n.equals(ASIDE) || OURS.matcher(n).matches() && !keep.names(n)).toList());
    }

    private void delete(List<String> names) {
        for (String name : names) {
            try {
                files.delete(name);
            } catch (IOException e) {
                // Nothing refers to it.
            }
        }
    }

    private Release whole(Release release, String otherMend) throws IOException {
        for (Part part : List.of(release.bundle(), release.profile())) {
            var crc = new CRC32C();
            long bytes = 0;
            byte[] chunk;
            while (bytes <= part.bytes() && (chunk = files.read(part.name(), bytes, CHUNK)).length > 0) {
                crc.update(chunk);
                bytes += chunk.length;
            }
            if (bytes != part.bytes() || (int) crc.getValue() != part.crc()) {
                String what = files.names().contains(part.name()) ? " is damaged" : " is missing";
                throw new AdzeException(Kind.BAD_BUNDLE, where + "/" + part.name() + " of release " + release.number() + what
                        + "; install bundle and profile again" + otherMend);
            }
        }
        return release;
    }

    private Optional<Pointer> readable() throws IOException {
        return files.names().contains(POINTER)
                ? Pointer.of(files.read(POINTER, 0, MOST_POINTER_BYTES), where + "/" + POINTER) : Optional.empty();
    }

    private Pointer required() throws IOException {
        Optional<Pointer> pointer = readable();
        if (pointer.isEmpty() && files.names().contains(POINTER)) {
            throw new AdzeException(Kind.BAD_BUNDLE, where + "/" + POINTER + " is damaged" + mend(where));
        }
        return pointer.orElseThrow(() -> none(where));
    }

    private static AdzeException none(String where) {
        return new AdzeException(Kind.NOT_FOUND, where + " has no release" + mend(where));
    }

    private static String mend(String where) {
        return "; install both halves with `adze-agent install --into " + where + " --bundle FILE --profile FILE`";
    }

    private AdzeException meanwhile() {
        return new AdzeException(Kind.UNAVAILABLE, "somebody else has installed in " + where + " meanwhile; look at it and try again");
    }
}
