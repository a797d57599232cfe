package dev.adze.compress.report.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.report.Markups;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ChartsTest {
    private static final double[] VALUES = {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0, -0.0, -1, 1,
        1e-320, 1e300, -1e300, 1e-9, 3.5, 1e12, Double.MAX_VALUE};
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

    @Test
    void anyNumbersGiveWellFormedPicturesInsideTheirFrame() {
        long seed = 11;
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            Axis x = axis(random);
            Axis y = axis(random);
            int points = random.nextInt(4) == 0 ? random.nextInt(2) : random.nextInt(30);
            double[] xs = random.doubles(points).map(_ -> value(random)).sorted().toArray();
            double[] ys = random.doubles(points).map(_ -> value(random)).toArray();
            ChartSize size = ChartSize.values()[random.nextInt(2)];
            List<String> pictures = new ArrayList<>();
            pictures.add(new LineChart("t", "d", x, y, List.of(new LineChart.Line("a", random.nextInt(9) - 1, xs, ys)))
                    .svg(size, "i"));
            List<ScatterChart.Point> bubbles = new ArrayList<>();
            List<RangeChart.Row> rows = new ArrayList<>();
            for (int i = 0; i < points; i++) {
                bubbles.add(new ScatterChart.Point("n" + i, "l", i, xs[i], ys[i], value(random), value(random), value(random)));
                rows.add(new RangeChart.Row("r" + i, new double[] {xs[i], ys[i]}));
            }
            pictures.add(new ScatterChart("t", "d", x, y, bubbles).svg(size, "i"));
            pictures.add(new RangeChart("t", "d", x, List.of("p50", "p99"), rows).svg(size, "i"));
            pictures.add(new HeatChart("t", "d", x, Axis.tight("y"), value(random), value(random), List.of(xs, ys)).svg(size, "i"));
            for (String picture : pictures) {
                assertInside(picture, "seed " + seed + ", round " + round);
            }
        }
    }

    private static double value(Random random) {
        return random.nextBoolean() ? VALUES[random.nextInt(VALUES.length)]
                : random.nextGaussian() * Math.pow(10, random.nextInt(10) - 5);
    }

    private static Axis axis(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Axis.log("log");
            case 1 -> Axis.tight("tight");
            case 2 -> Axis.time("time");
            default -> Axis.linear("linear");
        };
    }

    private static void assertInside(String picture, String where) {
        Document document = Markups.parse(picture);
        assertFalse(picture.contains("NaN") || picture.contains("Infinity") || picture.contains("∞"), where + picture);
        String[] box = document.getDocumentElement().getAttribute("viewBox").split(" ");
        for (Element path : Markups.elements(document, "path")) {
            if (path.getAttribute("class").startsWith("line data")) {
                Matcher numbers = NUMBER.matcher(path.getAttribute("d"));
                for (int i = 0; numbers.find(); i++) {
                    double number = Double.parseDouble(numbers.group());
                    assertTrue(number >= 0 && number <= Double.parseDouble(box[2 + i % 2]), where + ": " + number);
                }
            }
        }
    }

    @Test
    void linesBreakAtGapsAndLonelyPointsBecomeDots() {
        double[] x = {0, 1, 2, 3, 4};
        double[] y = {1, 2, Double.NaN, 4, Double.NaN};
        String picture = new LineChart("t", "d", Axis.tight("x"), Axis.linear("y"),
                List.of(new LineChart.Line("truth", -1, x, y))).svg(ChartSize.WIDE, "i");
        List<Element> lines = Markups.elements(Markups.parse(picture), "path").stream()
                .filter(path -> path.getAttribute("class").equals("line data truth")).toList();
        assertEquals(1, lines.size());
        assertEquals(2, lines.getFirst().getAttribute("d").chars().filter(c -> c == 'M').count());
        assertTrue(picture.contains("class=\"mark truth\""));
    }

    @Test
    void pixelsMapBackToTheValues() {
        double[] x = {0, 50, 100};
        double[] y = {0.02, 3, 80};
        String picture = new LineChart("t", "d", Axis.tight("x"), Axis.log("y"),
                List.of(new LineChart.Line("a", 0, x, y))).svg(ChartSize.NARROW, "i");
        Document document = Markups.parse(picture);
        Element plot = Markups.elements(document, "g").getFirst();
        String[] domain = plot.getAttribute("data-y").split(" ");
        Element line = Markups.elements(document, "path").stream()
                .filter(path -> path.getAttribute("class").startsWith("line data")).findFirst().orElseThrow();
        Matcher numbers = NUMBER.matcher(line.getAttribute("d"));
        for (double expected : y) {
            numbers.find();
            numbers.find();
            double part = (Double.parseDouble(numbers.group()) - Double.parseDouble(domain[2]))
                    / (Double.parseDouble(domain[3]) - Double.parseDouble(domain[2]));
            double low = Double.parseDouble(domain[0]);
            double value = low * Math.pow(Double.parseDouble(domain[1]) / low, part);
            assertEquals(expected, value, expected * 1e-3);
        }
    }

    @Test
    void seriesDifferByMoreThanColour() {
        String rules = ChartStyle.rules();
        for (int i = 0; i < ChartStyle.SERIES; i++) {
            String rule = rules.substring(rules.indexOf(".line.s" + i + "{"));
            assertTrue(rule.substring(0, rule.indexOf('}')).contains("stroke-dasharray"));
            for (int j = 0; j < i; j++) {
                assertFalse(Marker.of(i).path(0, 0, 4).equals(Marker.of(j).path(0, 0, 4)));
            }
        }
    }

    @Test
    void longNamesAreCutToThePicture() {
        String name = "a very long name of a channel ".repeat(20);
        String picture = new LineChart("t", "d", Axis.tight("x"), Axis.linear(name),
                List.of(new LineChart.Line(name, 0, new double[] {1, 2}, new double[] {1, 2}))).svg(ChartSize.NARROW, "i");
        for (Element text : Markups.elements(Markups.parse(picture), "text")) {
            assertTrue(Labels.width(text.getTextContent()) <= 360, text.getTextContent());
        }
    }
}
