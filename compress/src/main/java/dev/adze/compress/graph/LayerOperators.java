package dev.adze.compress.graph;

import dev.adze.compress.graph.Operator.Kind;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The operators of one layer's time step before fusion: the formulas of the layers' documentation, one operation each. */
final class LayerOperators {
    private final List<Operator> operators = new ArrayList<>();
    private final String prefix;

    private LayerOperators(String prefix) {
        this.prefix = prefix;
    }

    static List<Operator> of(Layer layer) {
        var made = new LayerOperators("");
        made.add(layer);
        return List.copyOf(made.operators);
    }

    private void add(Layer layer) {
        switch (layer) {
            case Lstm lstm -> lstm(lstm.inputSize(), lstm.hiddenSize(), false, false);
            case LstmVariant lstm -> lstm(lstm.inputSize(), lstm.hiddenSize(), lstm.layerNorm(), lstm.peephole());
            case ProjectedLstm lstm -> projected(lstm);
            case Gru gru -> gru(gru.inputSize(), gru.hiddenSize());
            case MinimalGate unit -> minimalGate(unit.inputSize(), unit.hiddenSize());
            case Dense dense -> dense(dense);
            case Bidirectional both -> {
                nested("forward ", both.forward());
                nested("backward ", both.backward());
                kept("y", "[forward h', backward h']", Kind.POINTWISE, both.outputSize(), both.outputSize());
            }
            case Residual residual -> {
                nested("inner ", residual.layer());
                kept("y", operators.getLast().result() + " + x", Kind.SUM, 2L * residual.outputSize(), residual.outputSize());
            }
            case MeanPooling mean -> {
                pointwise("sum", "sum + x", mean.outputSize());
                kept("y", "sum / t", Kind.POINTWISE, mean.outputSize(), mean.outputSize());
            }
            case AttentionPooling attention -> attention(attention);
            case Convolution convolution -> {
                Dense.Activation activation = convolution.activation();
                boolean bare = activation == Dense.Activation.IDENTITY;
                product("p", "W [x ... x]", convolution.kernel() * convolution.inputSize(), convolution.outputSize());
                sum("a", "p + b", convolution.outputSize(), convolution.outputSize());
                kept("y", bare ? "a" : activation.name().toLowerCase(Locale.ROOT) + "(a)", bare ? Kind.POINTWISE : Kind.ACTIVATION,
                        convolution.outputSize(), convolution.outputSize());
            }
            case SelfAttention attention -> selfAttention(attention, true);
            case TransformerLayer transformer -> transformer(transformer);
            case StaticFeatures statics -> kept("y", "[x, features]", Kind.POINTWISE, statics.outputSize(), statics.outputSize());
        }
    }

    private void nested(String name, Layer layer) {
        var inner = new LayerOperators(prefix + name);
        inner.add(layer);
        operators.addAll(inner.operators);
    }

    private void projected(ProjectedLstm lstm) {
        int cells = lstm.cellSize();
        for (String gate : List.of("i", "f", "g", "o")) {
            product(gate + ".x", "W_" + gate + " x", lstm.inputSize(), cells);
            product(gate + ".h", "R_" + gate + " h", lstm.hiddenSize(), cells);
            sum(gate + ".s", gate + ".x + " + gate + ".h", cells, 0);
            sum(gate + ".a", gate + ".s + b_" + gate, cells, cells);
            activation(gate, (gate.equals("g") ? "tanh(" : "sigmoid(") + gate + ".a)", cells);
        }
        cell(cells);
        activation("t", "tanh(c')", cells);
        pointwise("m", "o * t", 2 * cells, cells);
        add("h'", "P m", Kind.PRODUCT, cells, lstm.hiddenSize(), (long) cells * lstm.hiddenSize(), true);
    }

    private void minimalGate(int in, int hidden) {
        product("f.x", "W_f x", in, hidden);
        product("f.h", "R_f h", hidden, hidden);
        sum("f.s", "f.x + f.h", hidden, 0);
        sum("f.a", "f.s + b_f", hidden, hidden);
        activation("f", "sigmoid(f.a)", hidden);
        pointwise("f.old", "f * h", 2 * hidden, hidden);
        product("n.x", "W_n x", in, hidden);
        product("n.h", "R_n f.old", hidden, hidden);
        sum("n.s", "n.x + n.h", hidden, 0);
        sum("n.a", "n.s + b_n", hidden, hidden);
        activation("n", "tanh(n.a)", hidden);
        pointwise("f.n", "f * n", 2 * hidden, hidden);
        pointwise("kept", "h - f.old", 2 * hidden, hidden);
        kept("h'", "kept + f.n", Kind.POINTWISE, 2L * hidden, hidden);
    }

    private void lstm(int in, int hidden, boolean layerNorm, boolean peephole) {
        for (String gate : List.of("i", "f", "g", "o")) {
            product(gate + ".x", "W_" + gate + " x", in, hidden);
            product(gate + ".h", "R_" + gate + " h", hidden, hidden);
        }
        if (layerNorm) { // over the four gates together
            norm("x", "LN(W x)", 4 * hidden, false);
            norm("h", "LN(R h)", 4 * hidden, false);
        }
        for (String gate : List.of("i", "f", "g", "o")) {
            if (peephole && gate.equals("o")) {
                cell(hidden);
            }
            sum(gate + ".s", gate + ".x + " + gate + ".h", hidden, 0);
            sum(gate + ".a", gate + ".s + b_" + gate, hidden, hidden);
            if (peephole && !gate.equals("g")) {
                String from = gate.equals("o") ? "c'" : "c";
                add(gate + ".p", "p_" + gate + " * " + from, Kind.POINTWISE, hidden, hidden, hidden, false);
                sum(gate + ".q", gate + ".a + " + gate + ".p", hidden, 0);
            }
            activation(gate, (gate.equals("g") ? "tanh(" : "sigmoid(") + gate + (peephole && !gate.equals("g") ? ".q)" : ".a)"),
                    hidden);
        }
        if (!peephole) {
            cell(hidden);
        }
        String cell = "c'";
        if (layerNorm) {
            norm("c'", "LN(c')", hidden, true);
            cell = "LN(c')";
        }
        activation("t", "tanh(" + cell + ")", hidden);
        kept("h'", "o * t", Kind.POINTWISE, 2L * hidden, hidden);
    }

    private void cell(int hidden) {
        pointwise("f.c", "f * c", 2 * hidden, hidden);
        pointwise("i.g", "i * g", 2 * hidden, hidden);
        kept("c'", "f.c + i.g", Kind.POINTWISE, 2L * hidden, hidden);
    }

    private void norm(String of, String formula, int size, boolean shifted) {
        String name = "ln(" + of + ")";
        pointwise(name + ".mean", "mean of " + formula.substring(3, formula.length() - 1), size, 1);
        pointwise(name + ".variance", "variance", size, 1);
        pointwise(name + ".difference", "minus the mean", size + 1, size);
        pointwise(name + ".quotient", "over the deviation", size + 1, size);
        if (shifted) {
            add(name + ".product", "times the gain", Kind.POINTWISE, size, size, size, false);
            add(name, "plus the shift", Kind.SUM, size, size, size, false);
        } else {
            add(name, "times the gain", Kind.POINTWISE, size, size, size, false);
        }
    }

    private void gru(int in, int hidden) {
        for (String gate : List.of("r", "z", "n")) {
            product(gate + ".x", "W_" + gate + " x", in, hidden);
            product(gate + ".h", "R_" + gate + " h", hidden, hidden);
        }
        for (String gate : List.of("r", "z")) {
            sum(gate + ".s", gate + ".x + " + gate + ".h", hidden, 0);
            sum(gate + ".a", gate + ".s + b_" + gate, hidden, hidden);
            activation(gate, "sigmoid(" + gate + ".a)", hidden);
        }
        sum("n.b", "n.h + b_hn", hidden, hidden);
        pointwise("n.r", "r * n.b", 2 * hidden, hidden);
        sum("n.s", "n.x + b_n", hidden, hidden);
        sum("n.a", "n.s + n.r", hidden, 0);
        activation("n", "tanh(n.a)", hidden);
        pointwise("u", "1 - z", hidden);
        pointwise("u.n", "u * n", 2 * hidden, hidden);
        pointwise("z.old", "z * h", 2 * hidden, hidden);
        kept("h'", "u.n + z.old", Kind.POINTWISE, 2L * hidden, hidden);
    }

    private void dense(Dense dense) {
        boolean bare = dense.activation() == Dense.Activation.IDENTITY;
        product("p", "W x", dense.inputSize(), dense.outputSize());
        add(bare ? "y" : "a", "p + b", Kind.SUM, dense.outputSize(), dense.outputSize(), dense.outputSize(), bare);
        if (!bare) {
            kept("y", dense.activation().name().toLowerCase(Locale.ROOT) + "(a)", Kind.ACTIVATION, dense.outputSize(),
                    dense.outputSize());
        }
    }

    private void attention(AttentionPooling pooling) {
        int width = pooling.attentionSize();
        int out = pooling.outputSize();
        product("p", "W x", pooling.inputSize(), width);
        sum("a", "p + b", width, width);
        activation("t", "tanh(a)", width);
        add("s", "query . t", Kind.PRODUCT, width, 1, width, false);
        pointwise("e", "exp(s - largest)", 2, 1);
        pointwise("weights", "weights + e", 2, 1);
        pointwise("sum", "sum + e * x", 2 * out, out);
        kept("y", "sum / weights", Kind.POINTWISE, out + 1L, out);
    }

    /** Scores and sums over the earlier steps, which grow with the window, are one operation each. */
    private void selfAttention(SelfAttention attention, boolean last) {
        int size = attention.inputSize();
        product("qkv", "W_qkv x", size, 3 * size);
        sum("qkv.a", "qkv + b_qkv", 3 * size, 3 * size);
        pointwise("scores", "softmax(q . k / sqrt(d))", 2 * size, attention.heads());
        pointwise("attended", "sum over scores * v", 2 * size, size);
        product("o", "W_out attended", size, size);
        sum("o.a", "o + b_out", size, size);
        add(last ? "y" : "sum", "x + o.a", Kind.SUM, 2L * size, size, 0, last);
    }

    private void transformer(TransformerLayer layer) {
        int size = layer.inputSize();
        int wide = layer.feedForwardSize();
        selfAttention(layer.attention(), false);
        norm("sum", "LN(sum)", size, true);
        product("u", "W_up ln(sum)", size, wide);
        sum("u.a", "u + b_up", wide, wide);
        activation("u.r", "relu(u.a)", wide);
        product("d", "W_down u.r", wide, size);
        sum("d.a", "d + b_down", size, size);
        sum("e", "ln(sum) + d.a", size, 0);
        norm("e", "LN(e)", size, true);
        kept("y", "ln(e)", Kind.POINTWISE, size, size);
    }

    private void product(String result, String formula, int columns, int rows) {
        add(result, formula, Kind.PRODUCT, columns, rows, (long) columns * rows, false);
    }

    private void sum(String result, String formula, int size, int biases) {
        add(result, formula, Kind.SUM, biases > 0 ? size : 2L * size, size, biases, false);
    }

    private void activation(String result, String formula, int size) {
        add(result, formula, Kind.ACTIVATION, size, size, 0, false);
    }

    private void pointwise(String result, String formula, int size) {
        pointwise(result, formula, size, size);
    }

    private void pointwise(String result, String formula, int reads, int writes) {
        add(result, formula, Kind.POINTWISE, reads, writes, 0, false);
    }

    private void kept(String result, String formula, Kind kind, long reads, long writes) {
        add(result, formula, kind, reads, writes, 0, true);
    }

    private void add(String result, String formula, Kind kind, long reads, long writes, long weights, boolean kept) {
        operators.add(new Operator(prefix + result, formula, kind, reads, writes, weights, kept));
    }
}
