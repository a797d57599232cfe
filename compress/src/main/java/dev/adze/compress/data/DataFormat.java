package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.nio.file.Path;
import java.util.Locale;

/** How files are written. */
public enum DataFormat {
    /** By the file's extension. */
    AUTO,
    /** A header line, then one line a row: {@code .csv}, {@code .tsv}, also with {@code .gz} or {@code .zst} after it. */
    CSV,
    /** Apache Parquet: {@code .parquet}. */
    PARQUET,
    /** The blank-separated, headerless text of NASA's C-MAPSS turbofan sets: {@code .txt}, {@code .txt.gz}. */
    CMAPSS;

    /** The format that a file's extension tells; {@link #AUTO} where it tells none. */
    static DataFormat ofExtension(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst)$", "");
        if (name.endsWith(".csv") || name.endsWith(".tsv")) {
            return CSV;
        }
        if (name.endsWith(".parquet")) {
            return PARQUET;
        }
        return name.endsWith(".txt") ? CMAPSS : AUTO;
    }

    static DataFormat require(Path file) {
        DataFormat format = ofExtension(file);
        if (format == AUTO) {
            throw new AdzeException(AdzeException.Kind.USAGE, file + ": the extension tells no format; name it .csv, "
                    + ".csv.gz, .csv.zst, .parquet or .txt (C-MAPSS), or state the format");
        }
        return format;
    }
}
