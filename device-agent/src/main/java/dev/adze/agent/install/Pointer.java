package dev.adze.agent.install;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The content of {@code current}: the release that runs and the one before it. ASCII, with the length and CRC-32C (hexadecimal)
 * of every file, and of the lines above the last:
 *
 * <pre>
 * ADZE-RELEASES/1
 * current 3 release-2.adze 4123456 1a2b3c4d release-3.yaml 812 00ff00ff
 * previous 2 release-2.adze 4123456 1a2b3c4d release-1.yaml 790 5e6f7a8b
 * crc32c deadbeef
 * </pre>
 */
record Pointer(Release current, Optional<Release> previous) {
    private static final String MAGIC = "ADZE-RELEASES/1\n";
    private static final Pattern OTHER_VERSION = Pattern.compile("ADZE-RELEASES/([0-9]{1,9})\n.*", Pattern.DOTALL);
    private static final Pattern RELEASE = Pattern.compile("(?:current|previous) ([0-9]{1,18}) (release-[0-9]{1,18}\\.adze) ([0-9]{1,18})"
            + " ([0-9a-f]{8}) (release-[0-9]{1,18}\\.yaml) ([0-9]{1,18}) ([0-9a-f]{8})\n");

    byte[] toBytes() {
        String text = MAGIC + line("current", current) + previous.map(p -> line("previous", p)).orElse("");
        var crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return (text + "crc32c %08x\n".formatted((int) crc.getValue())).getBytes(StandardCharsets.US_ASCII);
    }

    private static String line(String word, Release release) {
        return "%s %d %s %s\n".formatted(word, release.number(), text(release.bundle()), text(release.profile()));
    }

    private static String text(Part part) {
        return "%s %d %08x".formatted(part.name(), part.bytes(), part.crc());
    }

    /**
     * Empty if the bytes are not exactly what {@link #toBytes} makes.
     *
     * @throws AdzeException BAD_BUNDLE if another version made them
     */
    static Optional<Pointer> of(byte[] bytes, String file) {
        String text = new String(bytes, StandardCharsets.US_ASCII);
        var other = OTHER_VERSION.matcher(text);
        if (other.matches() && !text.startsWith(MAGIC)) {
            throw new AdzeException(Kind.BAD_BUNDLE, file + " is of version " + other.group(1) + ", but this Adze knows version 1; update Adze,"
                    + " or take the file away and install bundle and profile again");
        }
        List<Release> releases = RELEASE.matcher(text).results().map(Pointer::release).toList();
        return releases.stream().findFirst().map(first -> new Pointer(first, releases.stream().skip(1).findFirst()))
                .filter(p -> Arrays.equals(p.toBytes(), bytes));
    }

    private static Release release(MatchResult m) {
        return new Release(Long.parseLong(m.group(1)), part(m, 2), part(m, 5));
    }

    private static Part part(MatchResult m, int from) {
        return new Part(m.group(from), Long.parseLong(m.group(from + 1)), Integer.parseUnsignedInt(m.group(from + 2), 16));
    }

    long highest() {
        return Math.max(current.number(), previous.map(Release::number).orElse(0L));
    }

    boolean names(String file) {
        return Stream.concat(Stream.of(current), previous.stream())
                .anyMatch(r -> r.bundle().name().equals(file) || r.profile().name().equals(file));
    }
}
