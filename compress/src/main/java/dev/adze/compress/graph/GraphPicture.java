package dev.adze.compress.graph;

import dev.adze.compress.graph.StepGraph.LayerGraph;
import dev.adze.compress.report.chart.Xml;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The graph as an SVG file: on the left every operator before fusion as a box, on the right one box a layer, between them
 * what goes through memory.
 */
public final class GraphPicture {
    private static final int WIDTH = 1080;
    private static final int LEFT = 24;
    private static final int CELL = 124;
    private static final int BOX_WIDTH = 118;
    private static final int BOX_HEIGHT = 22;
    private static final int ROW = 27;
    private static final int COLUMNS = 5;
    private static final int AFTER = 700;
    private static final int AFTER_WIDTH = 356;
    private static final int TOP = 96;

    /** Dark enough for white letters at 4.5 to 1. */
    private static final Map<Operator.Kind, String> COLOURS = new EnumMap<>(Map.of(
            Operator.Kind.PRODUCT, "#1f5a99", Operator.Kind.SUM, "#5f5f5f", Operator.Kind.ACTIVATION, "#9a4a00",
            Operator.Kind.POINTWISE, "#2e6b3a"));

    private final StringBuilder out = new StringBuilder();

    private GraphPicture() {}

    /** @param kernel that would run it here */
    public static String of(StepGraph graph, String name, String kernel) {
        return new GraphPicture().draw(graph, name, kernel);
    }

    private String draw(StepGraph graph, String name, String kernel) {
        int y = TOP;
        for (LayerGraph layer : graph.layers()) {
            y = layer(layer, kernel, y);
        }
        int height = y + 44;
        text(LEFT, y + 16, "start", "13", "#222", "whole step: " + GraphText.count(graph.operatorsBefore(), "operator") + ", "
                + GraphText.bytes(graph.beforeBytes()) + " read and written");
        text(AFTER, y + 16, "start", "13", "#222", GraphText.count(graph.layers().size(), "operator") + ", "
                + GraphText.bytes(graph.afterBytes()) + " (" + GraphText.word(graph) + ")");
        String body = out.toString();
        out.setLength(0);
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t d\" viewBox=\"0 0 ")
                .append(WIDTH).append(' ').append(height).append("\" width=\"").append(WIDTH).append("\" height=\"")
                .append(height).append("\" font-family=\"system-ui, sans-serif\">\n<title id=\"t\">")
                .append(Xml.escape(name + ": one time step before and after fusion")).append("</title>\n<desc id=\"d\">")
                .append(Xml.escape(GraphText.of(graph, kernel).getLast())).append("</desc>\n<rect width=\"").append(WIDTH)
                .append("\" height=\"").append(height).append("\" fill=\"#fff\"/>\n");
        text(LEFT, 30, "start", "17", "#111", name + ": one time step");
        text(LEFT, 54, "start", "13", "#222", "before fusion, as a framework runs it (fp32)");
        text(AFTER, 54, "start", "13", "#222", "after fusion, as Adze runs it");
        legend();
        return out.append(body).append("</svg>\n").toString();
    }

    private void legend() {
        int x = LEFT;
        for (Operator.Kind kind : Operator.Kind.values()) {
            box(x, 66, 12, 12, COLOURS.get(kind));
            text(x + 17, 76, "start", "11", "#222", kind.plural());
            x += 30 + 7 * kind.plural().length();
        }
    }

    private int layer(LayerGraph layer, String kernel, int y) {
        List<Operator> operators = layer.before();
        int rows = (operators.size() + COLUMNS - 1) / COLUMNS;
        int height = Math.max(92, rows * ROW + 34);
        outline(LEFT - 8, y, COLUMNS * CELL + 10, height - 8);
        text(LEFT, y + 17, "start", "12", "#222", "layer " + layer.index() + ", " + layer.layer().kind() + " "
                + layer.layer().inputSize() + " → " + layer.layer().outputSize() + ": "
                + GraphText.count(operators.size(), "operator") + ", " + GraphText.bytes(layer.beforeBytes()));
        for (int i = 0; i < operators.size(); i++) {
            Operator operator = operators.get(i);
            int x = LEFT + i % COLUMNS * CELL;
            int top = y + 24 + i / COLUMNS * ROW;
            out.append("<g><title>").append(Xml.escape(operator.result() + " = " + operator.formula() + ", "
                    + GraphText.bytes(Float.BYTES * (operator.reads() + operator.writes() + operator.weights()))))
                    .append("</title>\n");
            box(x, top, BOX_WIDTH, BOX_HEIGHT, COLOURS.get(operator.kind()));
            text(x + BOX_WIDTH / 2, top + 15, "middle", "10", "#fff", shortened(operator.result() + " = " + operator.formula()));
            out.append("</g>\n");
        }
        int middle = y + (height - 8) / 2;
        out.append("<path d=\"M").append(LEFT + COLUMNS * CELL + 8).append(' ').append(middle).append("H").append(AFTER - 8)
                .append("m-7 -5l7 5l-7 5\" fill=\"none\" stroke=\"#444\" stroke-width=\"1.5\"/>\n");
        box(AFTER, middle - 30, AFTER_WIDTH, 60, "#1b3a57");
        text(AFTER + AFTER_WIDTH / 2, middle - 6, "middle", "13", "#fff", GraphText.fused(layer));
        text(AFTER + AFTER_WIDTH / 2, middle + 15, "middle", "11", "#fff", "one pass over the weights, "
                + GraphText.bytes(layer.afterBytes()) + ", " + kernel);
        return y + height;
    }

    private static String shortened(String text) {
        return text.length() <= 20 ? text : text.substring(0, 19) + "…";
    }

    private void box(int x, int y, int width, int height, String colour) {
        out.append("<rect x=\"").append(x).append("\" y=\"").append(y).append("\" width=\"").append(width).append("\" height=\"")
                .append(height).append("\" rx=\"3\" fill=\"").append(colour).append("\"/>\n");
    }

    private void outline(int x, int y, int width, int height) {
        out.append("<rect x=\"").append(x).append("\" y=\"").append(y).append("\" width=\"").append(width).append("\" height=\"")
                .append(height).append("\" rx=\"4\" fill=\"none\" stroke=\"#bbb\"/>\n");
    }

    private void text(int x, int y, String anchor, String size, String colour, String content) {
        out.append("<text x=\"").append(x).append("\" y=\"").append(y).append("\" text-anchor=\"").append(anchor)
                .append("\" font-size=\"").append(size).append("\" fill=\"").append(colour).append("\">")
                .append(Xml.escape(content)).append("</text>\n");
    }
}
