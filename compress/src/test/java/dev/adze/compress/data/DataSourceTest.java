package dev.adze.compress.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourceTest {
    @TempDir
    Path folder;

    @Test
    void missingFilesAndEmptyGlobsAreNotFound() throws IOException {
        Refusals.assertRefused(Kind.NOT_FOUND, () -> DataSource.resolve(DataSpec.of("no.csv"), folder), "no.csv", "does not exist");
        Refusals.assertRefused(Kind.NOT_FOUND, () -> DataSource.resolve(DataSpec.of("*.csv"), folder), "no file matches *.csv");
        Refusals.assertRefused(Kind.NOT_FOUND, () -> DataSource.resolve(DataSpec.of("a\0b"), folder), "does not exist");
        Refusals.assertRefused(Kind.NOT_FOUND, () -> DataSource.resolve(DataSpec.of("."), folder), "holds no data file");
        Refusals.assertRefused(Kind.USAGE, () -> DataSource.resolve(DataSpec.of(), folder), "no data file is named");
    }

    @Test
    void unknownExtensionsAndMixedFormatsAreUsageErrors() throws IOException {
        Files.writeString(folder.resolve("a.dat"), "x\n1\n");
        Files.writeString(folder.resolve("a.csv"), "x\n1\n");
        Files.writeString(folder.resolve("a.parquet"), "");
        Refusals.assertRefused(Kind.USAGE, () -> DataSource.resolve(DataSpec.of("a.dat"), folder), "tells no format");
        Refusals.assertRefused(Kind.USAGE, () -> DataSource.resolve(DataSpec.of("a.csv", "a.parquet"), folder), "one format");
        assertEquals(DataFormat.CSV,
                DataSource.resolve(DataSpec.of("a.dat").withFormat(DataFormat.CSV), folder).format());
    }

    @Test
    void globsMatchSubfoldersInOrder() throws IOException {
        for (String name : List.of("b/2.csv", "a/1.csv", "a/deep/3.csv")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), "x\n1\n");
        }
        assertEquals(List.of("1.csv", "2.csv"), names("*/*.csv"));
        assertEquals(List.of("1.csv", "3.csv", "2.csv"), names("{a,b}/**.csv"));
    }

    private List<String> names(String glob) {
        return DataSource.resolve(DataSpec.of(glob), folder).files().stream().map(f -> f.getFileName().toString()).toList();
    }

    @Test
    void contentHashFollowsBytesAndOptionsButNotTheFolder() throws IOException {
        Path one = Files.createDirectories(folder.resolve("one"));
        Path two = Files.createDirectories(folder.resolve("two"));
        Files.writeString(one.resolve("r.csv"), "x\n1\n");
        Files.writeString(two.resolve("r.csv"), "x\n1\n");
        DataSpec spec = DataSpec.of("r.csv").withUnits(Map.of("x", "V", "y", "A"));
        String hash = DataSource.resolve(spec, one).contentHash();
        assertEquals(64, hash.length());
        assertEquals(hash, DataSource.resolve(spec, two).contentHash());
        assertNotEquals(hash, DataSource.resolve(spec.withKeep(List.of("x")), one).contentHash());
        Files.writeString(two.resolve("r.csv"), "x\n2\n");
        assertNotEquals(hash, DataSource.resolve(spec, two).contentHash());
    }
}
