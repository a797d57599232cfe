package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import dev.adze.compress.report.chart.Xml;
import java.util.List;

/** Pieces of the page: tables, figures, folded parts. All text goes through {@link Xml#escape}. */
final class Markup {
    private final StringBuilder out = new StringBuilder(1 << 16);
    private int ids;

    /** An id not yet used in this page. */
    String id() {
        return "c" + ++ids;
    }

    Markup raw(String markup) {
        out.append(markup);
        return this;
    }

    /** An element that holds text; attributes are ready-made ({@code class="x"}) or empty. */
    Markup text(String element, String attributes, String content) {
        out.append('<').append(element).append(attributes.isEmpty() ? "" : " ").append(attributes).append('>')
                .append(Xml.escape(content)).append("</").append(element).append(">\n");
        return this;
    }

    Markup heading(String content) {
        return text("h2", "", content);
    }

    Markup paragraph(String content) {
        return content.isBlank() ? this : text("p", "", content);
    }

    /** Opens a part that is left out as a whole where it has nothing to show. */
    Markup section(String heading) {
        return raw("<section>\n").heading(heading);
    }

    Markup end() {
        return raw("</section>\n");
    }

    /** Two sizes of one picture, of which the page shows the one that fits, and under it its numbers, folded. */
    Markup figure(String caption, String wide, String narrow, List<Column> columns, List<List<String>> rows) {
        return figure(caption, wide, narrow, caption, columns, rows);
    }

    /** The same with another caption for the table. */
    Markup figure(String caption, String wide, String narrow, String tableCaption, List<Column> columns,
            List<List<String>> rows) {
        raw("<figure>\n").text("figcaption", "", caption);
        raw(wide).raw(narrow).raw("<p class=\"readout\" hidden=\"hidden\"></p>\n");
        raw("<details><summary>Numbers<span class=\"unseen\">: ").raw(Xml.escape(caption)).raw("</span></summary>\n");
        scrollingTable(tableCaption, columns, rows);
        return raw("</details>\n</figure>\n");
    }

    /** A table that scrolls inside its own box where the page is too narrow for it. */
    Markup scrollingTable(String caption, List<Column> columns, List<List<String>> rows) {
        return scrolling("", caption, columns, rows);
    }

    /** A table whose rows become cards on a phone. Roles are given since cards take them from the elements. */
    Markup cardTable(String caption, List<Column> columns, List<List<String>> rows) {
        return scrolling("cards", caption, columns, rows);
    }

    private Markup scrolling(String style, String caption, List<Column> columns, List<List<String>> rows) {
        raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + Xml.escape(caption) + "\">\n");
        return table(style, caption, columns, rows).raw("</div>\n");
    }

    private Markup table(String style, String caption, List<Column> columns, List<List<String>> rows) {
        raw("<table" + (style.isEmpty() ? "" : " class=\"" + style + "\"") + " role=\"table\">\n");
        text("caption", "", caption);
        raw("<thead role=\"rowgroup\"><tr role=\"row\">");
        for (Column column : columns) {
            raw("<th scope=\"col\" role=\"columnheader\"" + (column.right() ? " class=\"n\"" : "") + ">")
                    .raw(Xml.escape(column.heading())).raw("</th>");
        }
        raw("</tr></thead>\n<tbody role=\"rowgroup\">\n");
        for (List<String> row : rows) {
            raw("<tr role=\"row\">");
            for (int c = 0; c < columns.size(); c++) {
                cell(columns.get(c), row.get(c), c == 0);
            }
            raw("</tr>\n");
        }
        return raw("</tbody></table>\n");
    }

    private void cell(Column column, String content, boolean first) {
        String element = first ? "th" : "td";
        raw("<" + element + (first ? " scope=\"row\" role=\"rowheader\"" : " role=\"cell\"")
                + (column.right() ? " class=\"n\"" : "") + " data-label=\"" + Xml.escape(column.heading()) + "\">")
                .raw(Xml.escape(content)).raw("</" + element + ">");
    }

    /** A list of terms and values. */
    Markup facts(List<KeyValue> facts) {
        raw("<dl class=\"facts\">\n");
        for (KeyValue fact : facts) {
            raw("<div>").text("dt", "", fact.key()).text("dd", "", fact.value()).raw("</div>\n");
        }
        return raw("</dl>\n");
    }

    Markup bullets(List<String> lines) {
        raw("<ul>\n");
        lines.forEach(line -> text("li", "", line));
        return raw("</ul>\n");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
