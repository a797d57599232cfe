package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files that a {@link DataSpec} names, found on this machine.
 *
 * @param spec   what was asked for
 * @param files  existing, readable files in reading order
 * @param format of all of them; never AUTO
 */
public record DataSource(DataSpec spec, List<Path> files, DataFormat format) {
    public DataSource {
        files = List.copyOf(files);
    }

    /**
     * Finds the files.
     *
     * @param base folder that relative paths start from, such as the recipe's
     * @throws AdzeException NOT_FOUND for a missing or unreadable file or a glob without a match
     */
    public static DataSource resolve(DataSpec spec, Path base) {
        var files = new ArrayList<Path>();
        for (String path : spec.paths()) {
            files.addAll(find(path, base, spec.format()));
        }
        if (files.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE, "no data file is named; give files, a folder or a glob");
        }
        DataFormat format = spec.format();
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " may not be read; check its permissions");
            }
            DataFormat own = spec.format() == DataFormat.AUTO ? DataFormat.require(file) : spec.format();
            if (format != DataFormat.AUTO && own != format) {
                throw new AdzeException(AdzeException.Kind.USAGE, file + " is " + own + " but the files before it are "
                        + format + "; read one format at a time");
            }
            format = own;
        }
        return new DataSource(spec, files, format);
    }

    /** Finds the files of relative paths from the current folder. */
    public static DataSource resolve(DataSpec spec) {
        return resolve(spec, Path.of(""));
    }

    private static List<Path> find(String text, Path base, DataFormat format) {
        Path path = toPath(text, base);
        if (path != null && Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (path != null && Files.isDirectory(path)) {
            List<Path> inside = list(path).stream()
                    .filter(file -> {
                        DataFormat own = DataFormat.ofExtension(file);
                        boolean answers = own == DataFormat.CMAPSS && file.getFileName().toString().startsWith("RUL_");
                        return own != DataFormat.AUTO && !answers && (format == DataFormat.AUTO || own == format);
                    })
                    .toList();
            return requireAny(inside, path + " holds no " + (format == DataFormat.AUTO ? "data" : format) + " file");
        }
        int wildcard = firstWildcard(text);
        if (wildcard >= 0) {
            int slash = text.lastIndexOf('/', wildcard);
            Path folder = toPath(slash < 0 ? "." : text.substring(0, slash + 1), base);
            if (folder != null && Files.isDirectory(folder)) {
                String pattern = text.substring(slash + 1);
                PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
                int depth = pattern.contains("**") ? Integer.MAX_VALUE : pattern.split("/").length;
                try (Stream<Path> tree = Files.walk(folder, depth)) {
                    List<Path> matches = tree.filter(Files::isRegularFile)
                            .filter(file -> matcher.matches(folder.relativize(file)))
                            .sorted().map(Path::normalize).toList();
                    return requireAny(matches, "no file matches " + text);
                } catch (IOException e) {
                    throw unreadable(folder, e);
                }
            }
        }
        throw new AdzeException(AdzeException.Kind.NOT_FOUND, (path == null ? text : path)
                + " does not exist; check the path (relative ones start at " + base.toAbsolutePath().normalize() + ")");
    }

    private static Path toPath(String text, Path base) {
        try {
            return base.resolve(text).normalize();
        } catch (InvalidPathException _) {
            return null;
        }
    }

    private static int firstWildcard(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("*?[{".indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static List<Path> requireAny(List<Path> files, String message) {
        if (files.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, message + "; check the path");
        }
        return files;
    }

    static AdzeException unreadable(Path path, IOException e) {
        return new AdzeException(AdzeException.Kind.NOT_FOUND, path + " cannot be read: " + e.getMessage(), e);
    }

    /**
     * SHA-256 in hexadecimal over the options and the files' bytes and names, for caches: equal hashes mean equal
     * recordings. The folder the files lie in does not count. Costs one reading of the files.
     */
    public String contentHash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(options().getBytes(StandardCharsets.UTF_8));
            byte[] buffer = new byte[1 << 16];
            for (Path file : files) {
                digest.update(("\nfile " + file.getFileName() + " " + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
                try (InputStream in = Files.newInputStream(file)) {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        digest.update(buffer, 0, n);
                    }
                } catch (IOException e) {
                    throw unreadable(file, e);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw unreadable(files.getFirst(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Everything but the paths, in one order whatever the maps' own. */
    private String options() {
        return String.join("\n", format.name(), spec.time().toString(), "unit column " + spec.unitColumn(),
                "series by " + spec.seriesBy(), "separator " + (int) spec.separator(), "missing " + spec.missing(),
                "keep " + spec.keep(), "drop " + spec.drop(), "rename " + new TreeMap<>(spec.rename()),
                "units " + new TreeMap<>(spec.units()), "labels " + new TreeMap<>(spec.labels()));
    }
}
