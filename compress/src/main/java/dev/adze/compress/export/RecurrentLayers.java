package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.FeedForwardLayer;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.StaticFeatures;
import java.util.List;
import java.util.stream.Stream;

/** What exports need to know of a network's layers. */
final class RecurrentLayers {
    private RecurrentLayers() {}

    /** @throws AdzeException USAGE for a layer that exports do not have, with the nearest that they have */
    static void requireExportable(RecurrentNetwork network, ExportTarget target) {
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            boolean has = switch (target) {
                case ONNX -> onnxHas(layer);
                case TFLITE -> layer instanceof Lstm || layer instanceof Dense || twoLstms(layer);
                case SAFETENSORS -> layer instanceof Lstm || layer instanceof Dense || layer instanceof ProjectedLstm;
            };
            if (!has) {
                throw new AdzeException(AdzeException.Kind.USAGE, "layer " + i + " is a " + describe(layer)
                        + " layer, which the export to " + target.title() + " does not have; the nearest supported form is "
                        + (target != ExportTarget.ONNX && onnxHas(layer) ? "--to onnx, or " : "")
                        + (target == ExportTarget.TFLITE && layer instanceof Bidirectional
                        ? "a bidirectional layer of two lstm layers of one size" : nearest(layer)));
            }
        }
    }

    /** Whose sizes are one, as the operator wants them. */
    private static boolean twoLstms(Layer layer) {
        return layer instanceof Bidirectional(Lstm forward, Lstm backward) && forward.hiddenSize() == backward.hiddenSize();
    }

    private static boolean onnxHas(Layer layer) {
        return switch (layer) {
            case RecurrentLayer recurrent -> OnnxRecurrent.has(recurrent);
            case Residual residual -> onnxHas(residual.layer());
            case Bidirectional both -> OnnxRecurrent.has(both.forward()) && OnnxRecurrent.has(both.backward());
            case Dense _, MeanPooling _, AttentionPooling _ -> true;
            case FeedForwardLayer _ -> true;
        };
    }

    private static String describe(Layer layer) {
        return layer.kind() + (layer instanceof LstmVariant variant && variant.layerNorm() ? " (layer normalisation)" : "");
    }

    /** @throws AdzeException USAGE for a form or precision that the network's layers do not have there */
    static void requireForm(RecurrentNetwork network, ExportRequest.Resolved request) {
        if (request.target() != ExportTarget.SAFETENSORS && request.form() == ExportForm.STEP && (!network.causal() || network.pools())) {
            throw new AdzeException(AdzeException.Kind.USAGE, "the network reads whole windows (a bidirectional or pooling"
                    + " layer), which --form step does not have; the nearest supported form is --form window");
        }
        if ((request.precision() == ExportPrecision.INT8_FULL || request.precision() == ExportPrecision.INT16X8)
                && network.layers().stream().anyMatch(Bidirectional.class::isInstance)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "TensorFlow Lite's bidirectional operator has no " + request.precision().word() + " form;"
                    + " the nearest supported form is --precision int8");
        }
        if (request.form() == ExportForm.STEP && network.layers().stream().anyMatch(Convolution.class::isInstance)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "the export of a convolution, which remembers earlier inputs, has no --form"
                    + " step; the nearest supported form is --form window");
        }
        if (request.precision() == ExportPrecision.INT8_QDQ && network.layers().stream().anyMatch(FeedForwardLayer.class::isInstance)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "convolutions, attention and static features have no int8-qdq form;"
                    + " the nearest supported form is --precision int8-weights, where they stay in single precision");
        }
        if (request.target() == ExportTarget.ONNX && request.precision() == ExportPrecision.INT8 && hasGru(network)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "ONNX Runtime has no int8 operator for gru layers; the nearest"
                    + " supported form is --precision int8-qdq");
        }
    }

    static boolean hasGru(RecurrentNetwork network) {
        return operators(network).stream().anyMatch(Gru.class::isInstance);
    }

    /** Every recurrent layer, bare, in a direction or with a way around it. */
    static List<RecurrentLayer> operators(RecurrentNetwork network) {
        return network.layers().stream().flatMap(RecurrentLayers::operators).toList();
    }

    private static Stream<RecurrentLayer> operators(Layer layer) {
        return switch (layer) {
            case RecurrentLayer one -> Stream.of(one);
            case Residual residual -> operators(residual.layer());
            case Bidirectional both -> Stream.of(both.forward(), both.backward());
            case Dense _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ -> Stream.of();
        };
    }

    private static String nearest(Layer layer) {
        String lstm = "an lstm layer from " + layer.inputSize() + " to " + layer.outputSize();
        return switch (layer) {
            case Lstm _, LstmVariant _, ProjectedLstm _, Gru _, MinimalGate _, Bidirectional _ -> lstm;
            case Residual _ -> lstm + " without the way around it";
            case FeedForwardLayer _ -> "a network without it (such layers run on Adze's own runtime)";
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

    /** Index of the last layer that looks at more than one step, pooling aside. @throws AdzeException USAGE without a recurrent layer */
    static int lastOverTime(RecurrentNetwork network) {
        int last = requireRecurrent(network);
        for (int i = last + 1; i < network.layers().size(); i++) {
            if (network.layers().get(i) instanceof FeedForwardLayer layer && !(layer instanceof StaticFeatures)) {
                last = i;
            }
        }
        return last;
    }

    /** Index of the last recurrent layer of any kind. @throws AdzeException USAGE if there is none */
    static int requireRecurrent(RecurrentNetwork network) {
        if (network.lastRecurrent() < 0) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "the network has no recurrent layer; only recurrent networks are exported");
        }
        return network.lastRecurrent();
    }

    static int count(RecurrentNetwork network) {
        return (int) network.layers().stream().filter(Lstm.class::isInstance).count();
    }
}
