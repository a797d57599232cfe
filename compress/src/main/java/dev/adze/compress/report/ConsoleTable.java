package dev.adze.compress.report;

import dev.adze.compress.report.chart.Xml;
import java.util.ArrayList;
import java.util.List;

/**
 * A text table with aligned columns for a terminal: headings, a rule, rows; two spaces between columns. Control
 * characters in cells (terminal escapes in a hostile channel name) are replaced.
 */
public final class ConsoleTable {
    /** A column's heading and whether its cells stand at the right (numbers) or the left (text). */
    public record Column(String heading, boolean right) {
        public static Column text(String heading) {
            return new Column(heading, false);
        }

        public static Column number(String heading) {
            return new Column(heading, true);
        }
    }

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public ConsoleTable(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    public ConsoleTable(Column... columns) {
        this(List.of(columns));
    }

    /** Adds a row; null shows as {@link Units#MISSING}. */
    public ConsoleTable row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(cell == null ? Units.MISSING : Xml.printable(cell).replaceAll("\\s+", " "));
        }
        rows.add(row);
        return this;
    }

    /** Lines end in {@code \n}, without blanks before it. */
    @Override
    public String toString() {
        List<String> headings = columns.stream().map(Column::heading).toList();
        int[] widths = new int[columns.size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = width(headings.get(c));
            for (List<String> row : rows) {
                widths[c] = Math.max(widths[c], width(row.get(c)));
            }
        }
        StringBuilder out = new StringBuilder();
        line(out, headings, widths);
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
            rule.add("-".repeat(width));
        }
        line(out, rule, widths);
        rows.forEach(row -> line(out, row, widths));
        return out.toString();
    }

    private void line(StringBuilder out, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String pad = " ".repeat(widths[c] - width(cells.get(c)));
            line.append(c == 0 ? "" : "  ");
            line.append(columns.get(c).right() ? pad + cells.get(c) : cells.get(c) + pad);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    /** Terminal columns: two for East Asian wide characters, none for combining marks. */
    private static int width(String text) {
        return text.codePoints().map(ConsoleTable::width).sum();
    }

    private static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = codePoint >= 0x1100 && codePoint <= 0x115F
                || codePoint >= 0x2E80 && codePoint <= 0xA4CF
                || codePoint >= 0xAC00 && codePoint <= 0xD7A3
                || codePoint >= 0xF900 && codePoint <= 0xFAFF
                || codePoint >= 0xFE30 && codePoint <= 0xFE6F
                || codePoint >= 0xFF00 && codePoint <= 0xFF60
                || codePoint >= 0x1F300 && codePoint <= 0x1FAFF
                || codePoint >= 0x20000 && codePoint <= 0x3FFFD;
        return wide ? 2 : 1;
    }
}
