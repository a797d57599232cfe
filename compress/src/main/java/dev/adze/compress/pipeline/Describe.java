package dev.adze.compress.pipeline;

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
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Networks in words. */
public final class Describe {
    private Describe() {}

    /** For example {@code 32 inputs, 2 x LSTM 560, dense 1}. */
    public static String network(RecurrentNetwork network) {
        var parts = new ArrayList<String>();
        parts.add(network.inputSize() + " inputs");
        List<Layer> layers = network.layers();
        for (int i = 0; i < layers.size(); ) {
            String word = word(layers.get(i));
            int same = 1;
            while (i + same < layers.size() && word(layers.get(i + same)).equals(word)) {
                same++;
            }
            parts.add(same == 1 ? word : same + " x " + word);
            i += same;
        }
        return String.join(", ", parts);
    }

    /** One layer, for example {@code residual GRU 64}. */
    public static String word(Layer layer) {
        return switch (layer) {
            case Lstm lstm -> "LSTM " + lstm.hiddenSize();
            case LstmVariant lstm -> (lstm.layerNorm() ? "layer-norm " : "") + (lstm.peephole() ? "peephole " : "") + "LSTM "
                    + lstm.hiddenSize();
            case ProjectedLstm lstm -> "LSTM " + lstm.cellSize() + " projected to " + lstm.hiddenSize();
            case MinimalGate unit -> "minimal gate " + unit.hiddenSize();
            case Gru gru -> "GRU " + gru.hiddenSize();
            case Dense dense -> "dense " + dense.outputSize();
            case Bidirectional both -> "bidirectional " + word(both.forward());
            case Residual residual -> "residual " + word(residual.layer());
            case MeanPooling _ -> "mean pooling";
            case AttentionPooling attention -> "attention pooling " + attention.attentionSize();
            case Convolution convolution -> "convolution " + convolution.outputSize() + " over " + convolution.kernel()
                    + (convolution.dilation() > 1 ? " every " + convolution.dilation() : "");
            case SelfAttention attention -> "self-attention " + attention.heads();
            case TransformerLayer transformer -> "Transformer " + transformer.heads() + " x " + transformer.inputSize() / transformer.heads()
                    + " + " + transformer.feedForwardSize();
            case StaticFeatures statics -> statics.features().size() + " static";
        };
    }

    /** For example {@code 11.90 M}, {@code 34.2 k}. */
    public static String count(long n) {
        return n >= 1_000_000 ? String.format(Locale.ROOT, "%.2f M", n / 1e6)
                : n >= 10_000 ? String.format(Locale.ROOT, "%.1f k", n / 1e3) : Long.toString(n);
    }
}
