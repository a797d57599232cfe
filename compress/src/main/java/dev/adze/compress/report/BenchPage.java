package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The benchmark as a part of a Markdown page: everything between two marks is taken from the newest run, and what people
 * have written around them stays.
 */
public final class BenchPage {
    static final String BEGIN = "<!-- bench: from here on written by adze bench --page -->";
    static final String END = "<!-- bench: to here -->";

    private BenchPage() {}

    /**
     * Writes the report into a page and the picture beside it ({@code page.svg}); makes the page if there is none.
     *
     * @throws AdzeException USAGE if the page exists but has not both marks, CANNOT_WRITE
     */
    public static void update(BenchReport report, Path page) {
        String name = page.getFileName().toString().replaceFirst("\\.md$", "") + ".svg";
        Path picture = page.resolveSibling(name);
        String text = Files.exists(page) ? replaced(read(page), markdown(report, name), page)
                : "# " + report.title() + "\n\n" + markdown(report, name) + "\n";
        BenchPictures.writeSvg(report, picture);
        AtomicText.write(page, text);
    }

    /** @throws AdzeException USAGE if the page exists but cannot be updated: known before anything is measured */
    public static void require(Path page) {
        if (Files.exists(page)) {
            replaced(read(page), "", page);
        }
    }

    private static String replaced(String text, String block, Path page) {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END, Math.max(begin, 0));
        if (begin < 0 || end < 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, page + " has no lines '" + BEGIN + "' and '" + END
                    + "' between which the results could go; add them or name another file");
        }
        return text.substring(0, begin) + block + text.substring(end + END.length());
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, page + " cannot be read: " + e.getMessage(), e);
        }
    }

    static String markdown(BenchReport report, String picture) {
        var out = new StringBuilder(BEGIN).append("\n\n").append(line(report.subtitle())).append("\n\n![median times](")
                .append(picture).append(")\n\n");
        if (!report.comparisons().isEmpty()) {
            out.append("## Ratios, taken round by round\n\n");
            table(out, BenchTable.comparisonColumns(), BenchTable.comparisonRows(report));
        }
        report.groups().forEach((mode, rows) -> {
            out.append("## ").append(line(mode)).append("\n\n");
            table(out, BenchTable.columns(report), rows.stream().map(row -> BenchTable.cells(report, row)).toList());
        });
        if (!report.facts().isEmpty()) {
            out.append("## Machine and versions\n\n");
            table(out, List.of(Column.text(""), Column.text("")),
                    report.facts().stream().map(fact -> List.of(fact.key(), fact.value())).toList());
        }
        if (!report.methods().isEmpty()) {
            out.append("## How the numbers were taken\n\n");
            report.methods().forEach(method -> out.append("- ").append(line(method)).append('\n'));
            out.append('\n');
        }
        return out.append(END).toString();
    }

    private static void table(StringBuilder out, List<Column> columns, List<List<String>> rows) {
        row(out, columns.stream().map(Column::heading).toList());
        row(out, columns.stream().map(column -> column.right() ? "---:" : "---").toList());
        rows.forEach(cells -> row(out, cells.stream().map(cell -> line(cell).replace("|", "\\|")).toList()));
        out.append('\n');
    }

    private static void row(StringBuilder out, List<String> cells) {
        out.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |"))).append('\n');
    }

    /** On one line and not to be taken for HTML. */
    private static String line(String text) {
        return text.replaceAll("\\s+", " ").replace("&", "&amp;").replace("<", "&lt;");
    }
}
