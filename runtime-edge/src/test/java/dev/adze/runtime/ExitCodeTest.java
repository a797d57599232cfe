package dev.adze.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    @Test
    void theDocumentNamesEveryKindWithItsCode() throws IOException {
        String document = Files.readString(Path.of("../docs/exit-codes.md"));
        var documented = Pattern.compile("(?m)^\\| (\\d+) \\| `(\\w+)` \\|").matcher(document).results()
                .collect(Collectors.toMap(row -> row.group(2), row -> Integer.valueOf(row.group(1)), (a, b) -> a, TreeMap::new));
        var actual = Arrays.stream(AdzeException.Kind.values())
                .collect(Collectors.toMap(Enum::name, AdzeException.Kind::exitCode, (a, b) -> a, TreeMap::new));
        assertEquals(actual, documented);
    }

    @Test
    void aMessageIsOneLineWhateverItIsMadeOf() {
        assertEquals("a b c", new AdzeException(AdzeException.Kind.USAGE, " a\n  b \r\n\r\n c\n").getMessage());
    }
}
