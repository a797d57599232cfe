package dev.adze.compress.report.chart;

import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Charts as a file of their own: pictures under each other, each with a heading, with the style they need. */
public final class SvgFile {
    private static final Pattern BOX = Pattern.compile(" viewBox=\"0 0 (\\d+) ([\\d.]+)\"");
    private static final double HEADING = 34;

    private SvgFile() {}

    /** @param pictures heading to chart; all of the same width */
    public static String of(String title, String description, SequencedMap<String, String> pictures) {
        StringBuilder body = new StringBuilder();
        double y = 40;
        double width = 0;
        for (var picture : pictures.entrySet()) {
            Matcher box = BOX.matcher(picture.getValue());
            if (!box.find()) {
                throw new IllegalArgumentException("a picture without size: " + picture.getKey());
            }
            width = Math.max(width, Double.parseDouble(box.group(1)));
            body.append("<text class=\"name\" x=\"8\" y=\"").append(Svg.px(y + 20)).append("\">")
                    .append(Xml.escape(picture.getKey())).append("</text>\n");
            y += HEADING;
            String placed = " x=\"0\" y=\"" + Svg.px(y) + "\" width=\"" + box.group(1) + "\" height=\"" + box.group(2) + "\"";
            body.append(box.replaceFirst(Matcher.quoteReplacement(box.group() + placed)));
            y += Double.parseDouble(box.group(2));
        }
        String size = Svg.px(width) + "\" height=\"" + Svg.px(y + 8);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" aria-labelledby=\"file-t file-d\" "
                + "viewBox=\"0 0 " + Svg.px(width) + " " + Svg.px(y + 8) + "\" width=\"" + size + "\">\n"
                + "<title id=\"file-t\">" + Xml.escape(title) + "</title>\n"
                + "<desc id=\"file-d\">" + Xml.escape(description) + "</desc>\n"
                + "<style>\n" + ChartStyle.variables() + ChartStyle.rules() + "</style>\n"
                + "<rect class=\"paper\" x=\"0\" y=\"0\" width=\"" + size + "\"/>\n"
                + "<text class=\"heading\" x=\"8\" y=\"28\">" + Xml.escape(title) + "</text>\n" + body + "</svg>\n";
    }
}
