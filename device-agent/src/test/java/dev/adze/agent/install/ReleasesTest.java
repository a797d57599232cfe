package dev.adze.agent.install;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.state.DiskFiles;
import dev.adze.agent.state.MemoryFiles;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ReleasesTest {
    private static final String FULL = "No space left on device";

    @TempDir
    Path folder;

    /** Which bundle and which profile run, and which pair one may go back to; 0 for none. */
    private record Pair(int bundle, int profile, int bundleBefore, int profileBefore) {}

    private static byte[] bundle(int number) {
        return content(number, 3000 + 40 * number);
    }

    private static byte[] profile(int number) {
        return content(-number, 300 + number);
    }

    private static byte[] content(int seed, int bytes) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static Optional<Incoming> incoming(byte[] content) throws IOException {
        return Optional.of(Incoming.of(() -> new ByteArrayInputStream(content)));
    }

    private static Releases on(MemoryFiles files) {
        return new Releases(files, "F");
    }

    /** 0 for what is not given. */
    private static void install(MemoryFiles files, int bundle, int profile) throws IOException {
        Releases releases = on(files);
        releases.install(bundle == 0 || profile == 0 ? Optional.of(releases.current()) : Optional.empty(),
                bundle == 0 ? Optional.empty() : incoming(bundle(bundle)), profile == 0 ? Optional.empty() : incoming(profile(profile)));
    }

    private static int number(MemoryFiles files, Part part, Map<Integer, byte[]> known) {
        byte[] content = files.read(part.name()).orElseThrow();
        return known.entrySet().stream().filter(e -> Arrays.equals(e.getValue(), content)).findFirst().orElseThrow().getKey();
    }

    /** What runs with these files, byte for byte. */
    private static Pair pair(MemoryFiles files) throws IOException {
        Map<Integer, byte[]> bundles = new HashMap<>();
        Map<Integer, byte[]> profiles = new HashMap<>();
        for (int i = 1; i <= 9; i++) {
            bundles.put(i, bundle(i));
            profiles.put(i, profile(i));
        }
        try {
            Release now = on(files).current();
            int bundle = number(files, now.bundle(), bundles);
            int profile = number(files, now.profile(), profiles);
            try {
                Release before = on(files).previous();
                return new Pair(bundle, profile, number(files, before.bundle(), bundles), number(files, before.profile(), profiles));
            } catch (AdzeException e) {
                assertEquals(Kind.NOT_FOUND, e.kind(), e.getMessage());
                return new Pair(bundle, profile, 0, 0);
            }
        } catch (AdzeException e) {
            assertEquals(Kind.NOT_FOUND, e.kind(), e.getMessage());
            return new Pair(0, 0, 0, 0);
        }
    }

    private static void assertTidy(MemoryFiles files) {
        List<String> names = files.names();
        assertTrue(names.contains("current") && names.size() <= 5 && names.stream().allMatch(n -> n.matches("current|release-.*")), names.toString());
    }

    @Test
    void aPowerCutAnywhereLeavesTheOldPairOrTheNewOne() throws IOException {
        long seed = 20261121;
        var random = new Random(seed);
        var disk = new MemoryFiles();
        var pairs = new ArrayList<>(List.of(new Pair(0, 0, 0, 0)));
        var doneAfter = new ArrayList<>(List.of(0));
        int[][] script = {{1, 1}, {2, 0}, {0, 2}, {3, 3}, {0, 0}, {4, 0}, {0, 0}, {0, 0}};
        for (int[] step : script) {
            if (step[0] + step[1] == 0) {
                on(disk).back(on(disk).previous());
            } else {
                install(disk, step[0], step[1]);
            }
            pairs.add(pair(disk));
            doneAfter.add(disk.operationCount());
        }
        assertEquals(List.of(new Pair(0, 0, 0, 0), new Pair(1, 1, 0, 0), new Pair(2, 1, 1, 1), new Pair(2, 2, 2, 1), new Pair(3, 3, 2, 2),
                new Pair(2, 2, 3, 3), new Pair(4, 2, 2, 2), new Pair(2, 2, 4, 2), new Pair(4, 2, 2, 2)), pairs);
        int images = 0;
        int twice = 0;
        for (int cut = 0; cut <= disk.operationCount(); cut++) {
            int done = 0;
            while (done + 1 < doneAfter.size() && doneAfter.get(done + 1) <= cut) {
                done++;
            }
            List<Pair> allowed = pairs.subList(done, Math.min(done + 2, pairs.size()));
            for (Map<String, byte[]> image : disk.imagesOutOfOrderAfter(cut)) {
                images++;
                var after = new MemoryFiles(image);
                String where = "after " + cut + " operations, image " + images + ", seed " + seed;
                Pair found = pair(after);
                assertTrue(allowed.contains(found), where + ": " + found + ", not of " + allowed);
                // And life goes on from there.
                install(after, 9, 9);
                assertEquals(new Pair(9, 9, found.bundle(), found.profile()), pair(after), where);
                assertTidy(after);
                if (random.nextInt(20) == 0) {
                    twice += cutAgain(after, found, where);
                }
            }
        }
        System.out.println("power cuts in 5 installs and 3 returns: " + disk.operationCount() + " operations, " + images
                + " images of the disk, " + twice + " more of a second cut; each with the old pair or the new one");
        assertTrue(images > 500, images + " images");
        assertTrue(twice > 500, twice + " images of a second cut");
    }

    /** The power fails again while the folder is put in order. */
    private static int cutAgain(MemoryFiles disk, Pair old, String where) throws IOException {
        int images = 0;
        for (int cut = 0; cut <= disk.operationCount(); cut++) {
            for (Map<String, byte[]> image : disk.imagesOutOfOrderAfter(cut)) {
                images++;
                Pair found = pair(new MemoryFiles(image));
                assertTrue(found.equals(old) || found.equals(new Pair(9, 9, old.bundle(), old.profile())), where + ", again after " + cut + ": " + found);
            }
        }
        return images;
    }

    @Test
    void aFullDiskAtAnyMomentChangesNothingOrSaysWhatItChanged() throws IOException {
        for (boolean back : new boolean[] {false, true}) {
            int refused = 0;
            for (int more = 0; ; more++) {
                var disk = new MemoryFiles();
                install(disk, 1, 1);
                install(disk, 2, 0);
                Pair old = pair(disk);
                disk.failAfter(more, FULL);
                AdzeException told = null;
                try {
                    if (back) {
                        on(disk).back(on(disk).previous());
                    } else {
                        install(disk, 3, 3);
                    }
                } catch (AdzeException e) {
                    told = e;
                }
                Pair made = back ? new Pair(1, 1, 2, 1) : new Pair(3, 3, 2, 1);
                if (told == null) {
                    assertEquals(made, pair(disk));
                    break;
                }
                refused++;
                assertEquals(Kind.CANNOT_WRITE, told.kind());
                assertTrue(told.getMessage().contains(FULL), told.getMessage());
                assertEquals(told.getMessage().contains(" now, but ") ? made : old, pair(disk), told.getMessage());
                disk.failAfter(Integer.MAX_VALUE / 2, null);
                install(disk, 4, 0);
                assertEquals(4, pair(disk).bundle());
                assertTidy(disk);
            }
            assertTrue(refused >= (back ? 4 : 9), refused + " places");
        }
    }

    @Test
    void aDamagedPointerIsRefusedUntilBothHalvesAreInstalled() throws IOException {
        var disk = new MemoryFiles();
        install(disk, 1, 1);
        install(disk, 2, 2);
        byte[] good = disk.read("current").orElseThrow();
        var hostile = new ArrayList<byte[]>();
        for (int i = 0; i < good.length; i++) {
            byte[] flipped = good.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            hostile.add(flipped);
            hostile.add(Arrays.copyOf(good, i));
        }
        hostile.add(Arrays.copyOf(good, good.length + 1));
        hostile.add(new byte[100_000]);
        for (byte[] bytes : hostile) {
            Map<String, byte[]> image = image(disk);
            image.put("current", bytes);
            var damaged = new MemoryFiles(image);
            assertEquals(Kind.BAD_BUNDLE, assertThrows(AdzeException.class, () -> on(damaged).current()).kind());
            assertEquals(Kind.BAD_BUNDLE, assertThrows(AdzeException.class, () -> on(damaged).previous()).kind());
            String told = assertThrows(AdzeException.class, () -> install(damaged, 3, 0)).getMessage();
            if (told.contains("F/current is damaged; install both halves with `adze-agent install --into F --bundle FILE --profile FILE`")) {
                install(damaged, 3, 3);
                assertEquals(new Pair(3, 3, 0, 0), pair(damaged));
                assertEquals(3, damaged.names().size());
            } else {
                assertTrue(told.contains("version"), told);
            }
        }
    }

    private static Map<String, byte[]> image(MemoryFiles disk) {
        Map<String, byte[]> image = new HashMap<>();
        disk.names().forEach(n -> image.put(n, disk.read(n).orElseThrow()));
        return image;
    }

    @Test
    void aPointerOfAnotherVersionIsLeftAlone() throws IOException {
        var disk = new MemoryFiles(Map.of("current", "ADZE-RELEASES/2\nwhatever\n".getBytes(StandardCharsets.US_ASCII)));
        for (var attempt : List.<org.junit.jupiter.api.function.Executable>of(() -> on(disk).current(), () -> install(disk, 1, 1))) {
            AdzeException told = assertThrows(AdzeException.class, attempt);
            assertEquals(Kind.BAD_BUNDLE, told.kind());
            assertTrue(told.getMessage().startsWith("F/current is of version 2, but this Adze knows version 1; update Adze"), told.getMessage());
        }
        assertEquals(List.of("current"), disk.names());
        assertEquals(0, disk.operationCount());
    }

    @Test
    void aMissingOrDamagedFileIsNamedAndOneCanGoBack() throws IOException {
        for (String name : List.of("release-2.adze", "release-2.yaml")) {
            var disk = new MemoryFiles();
            install(disk, 1, 1);
            install(disk, 2, 2);
            byte[] bytes = disk.read(name).orElseThrow();
            bytes[17] ^= 1;
            disk.write(name, bytes);
            String damaged = assertThrows(AdzeException.class, () -> on(disk).current()).getMessage();
            assertEquals("F/" + name + " of release 2 is damaged; install bundle and profile again, or return with `adze-agent install --into F --back`",
                    damaged);
            disk.delete(name);
            AdzeException missing = assertThrows(AdzeException.class, () -> install(disk, 3, 0));
            assertEquals(damaged.replace("damaged", "missing"), missing.getMessage());
            assertEquals(Kind.BAD_BUNDLE, missing.kind());
            var mended = new MemoryFiles(image(disk));
            install(mended, 3, 3);
            assertEquals(new Pair(3, 3, 1, 1), pair(mended), "the damaged one is nothing to go back to");
            on(disk).back(on(disk).previous());
            assertEquals(1, on(disk).current().number());
        }
    }

    @Test
    void aFileThatChangesMeanwhileOrAnotherInstallIsNoticed() throws IOException {
        var disk = new MemoryFiles();
        install(disk, 1, 1);
        Release base = on(disk).current();
        Pair old = pair(disk);
        var growing = new int[] {0};
        Optional<Incoming> changed = Optional.of(Incoming.of(() -> new ByteArrayInputStream(content(5, 1000 + growing[0]++))));
        assertEquals(Kind.BAD_DATA, assertThrows(AdzeException.class, () -> on(disk).install(Optional.of(base), changed, Optional.empty())).kind());
        Optional<Incoming> gone = Optional.of(new Incoming(() -> {
            throw new IOException("gone");
        }, 3, 3));
        assertEquals(Kind.CANNOT_WRITE, assertThrows(AdzeException.class, () -> on(disk).install(Optional.of(base), Optional.empty(), gone)).kind());
        assertEquals(old, pair(disk));
        assertTidy(disk);
        install(disk, 2, 2);
        assertEquals(Kind.UNAVAILABLE, assertThrows(AdzeException.class,
                () -> on(disk).install(Optional.of(base), incoming(bundle(3)), Optional.empty())).kind());
        on(disk).back(base);
        assertEquals(Kind.UNAVAILABLE, assertThrows(AdzeException.class, () -> on(disk).back(base)).kind());
        assertEquals(new Pair(1, 1, 2, 2), pair(disk));
    }

    @Test
    void bundlesLargerThanAPieceComeThroughADiskWhole() throws IOException {
        byte[] large = content(8, 2_500_001);
        var releases = new Releases(new DiskFiles(folder), folder.toString());
        Release made = releases.install(Optional.empty(), incoming(large), incoming(profile(1)));
        assertEquals(made, Releases.in(folder).current());
        assertArrayEquals(large, new DiskFiles(folder).read(made.bundle().name()).orElseThrow());
    }
}
