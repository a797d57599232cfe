package dev.adze.compress.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The first line of a CSV file.
 *
 * @param separator between cells
 * @param columns   in file order; a column without a name is called {@code column_N}, N from 1
 */
record CsvHeader(char separator, List<Channel> columns) {
    private static final String SEPARATORS = ",;\t|";

    /** @param separator 0 to find it out */
    static CsvHeader parse(String line, char separator, String where) {
        String text = line.startsWith("\uFEFF") ? line.substring(1) : line;
        char used = separator == '\0' ? guess(text) : separator;
        List<String> cells = split(text, used);
        if (cells.stream().allMatch(CsvHeader::isNumber)) {
            throw ColumnPlan.bad(where + " begins with numbers (" + shorten(text)
                    + ") where the names of the columns should be; add a header line");
        }
        var columns = new ArrayList<Channel>();
        for (int i = 0; i < cells.size(); i++) {
            columns.add(cells.get(i).isBlank() ? new Channel("column_" + (i + 1), "") : Channel.ofHeader(cells.get(i)));
        }
        return new CsvHeader(used, List.copyOf(columns));
    }

    private static char guess(String text) {
        char best = ',';
        int most = 0;
        for (char candidate : SEPARATORS.toCharArray()) {
            int count = split(text, candidate).size();
            if (count > most) {
                best = candidate;
                most = count;
            }
        }
        return best;
    }

    private static List<String> split(String text, char separator) {
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == separator && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else if (c != '\r') {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    private static boolean isNumber(String cell) {
        try {
            Double.parseDouble(cell);
            return true;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    private static String shorten(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
