package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
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

/** What exports need to know of a network's layers. */
final class RecurrentLayers {
    private RecurrentLayers() {}

    /** @throws AdzeException USAGE for a layer that exports do not have, with the nearest that they have */
    static void requireExportable(RecurrentNetwork network, ExportTarget target) {
        for (int i = 0; i < network.layers().size(); i++) {
            switch (network.layers().get(i)) {
                case Lstm _, Dense _ -> { }
                case ProjectedLstm _ when target == ExportTarget.SAFETENSORS -> { }
                case Layer other -> throw new AdzeException(AdzeException.Kind.USAGE, "layer " + i + " is a " + other.kind()
                        + " layer, which the export to " + target.title() + " does not have; the nearest supported form is "
                        + nearest(other));
            }
        }
    }

    private static String nearest(Layer layer) {
        String lstm = "an lstm layer from " + layer.inputSize() + " to " + layer.outputSize();
        return switch (layer) {
            case Lstm _, LstmVariant _, ProjectedLstm _, Gru _, MinimalGate _, Bidirectional _ -> lstm;
            case Residual _ -> lstm + " without the way around it";
            case MeanPooling _, AttentionPooling _ -> "a network without it, that takes the last step's hidden values";
            case Dense _ -> "a dense layer";
        };
    }

    /** Index of the last LSTM layer. @throws AdzeException USAGE if there is none */
    static int last(RecurrentNetwork network) {
        for (int i = network.layers().size() - 1; i >= 0; i--) {
            if (network.layers().get(i) instanceof Lstm) {
                return i;
            }
        }
        throw new AdzeException(AdzeException.Kind.USAGE,
                "the network has no LSTM layer; only recurrent networks are exported");
    }

    static int count(RecurrentNetwork network) {
        return (int) network.layers().stream().filter(Lstm.class::isInstance).count();
    }
}
