package dev.adze.compress.teacher;

import static dev.adze.compress.teacher.KerasLayers.text;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import io.jhdf.api.Group;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A model of Keras 3: LSTM, GRU and Bidirectional layers, GlobalAveragePooling1D, Dense layers. Keras keeps matrices as
 * {@code [inputs, units]}, an LSTM's gates in our order (i, f, c, o), a GRU's as z, r, h with two biases.
 */
public final class KerasWeights {
    private final KerasFile file;
    private final Dense.Activation between;
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();

    private KerasWeights(KerasFile file, Dense.Activation between) {
        this.file = file;
        this.between = between;
    }

    /**
     * @param path    {@code .keras}, or {@code .weights.h5} of layers of one recurrent class, then dense ones
     * @param between activation between the dense layers of a file of weights alone, {@code null} for none
     * @throws AdzeException NOT_FOUND, or BAD_BUNDLE for what is no such model
     */
    public static Weights read(Path path, Dense.Activation between) {
        try (KerasFile file = KerasFile.open(path)) {
            try {
                return new KerasWeights(file, between).read();
            } catch (AdzeException e) {
                throw e;
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) { // a broken file leads jhdf astray as it reads
                throw file.bad(KerasFile.firstLine(e));
            }
        }
    }

    private Weights read() {
        List<KerasLayers.Part> parts = KerasLayers.of(file);
        KerasLayers.Part last = parts.isEmpty() ? null : parts.getLast();
        for (KerasLayers.Part part : parts) {
            switch (part.kind()) {
                case "input_layer", "dropout", "spatial_dropout1d" -> { }
                case "lstm", "gru" -> {
                    RecurrentLayer layer = recurrent(part.kind(), part.name(), part.group(), part.config(), "", false);
                    layers.add(layer);
                }
                case "bidirectional" -> bidirectional(part);
                case "global_average_pooling1d" -> layers.add(new MeanPooling(size(part)));
                case "dense" -> dense(part, part == last);
                default -> throw file.bad("its layer " + part.name() + " (" + part.kind()
                        + ") is no LSTM, GRU, Bidirectional, GlobalAveragePooling1D, Dropout or Dense; give it as ONNX");
            }
        }
        if (layers.stream().noneMatch(layer -> layer instanceof RecurrentLayer || layer instanceof Bidirectional)) {
            throw file.bad("it has no LSTM, GRU or Bidirectional layer; give it as ONNX");
        }
        try {
            return new Weights(new RecurrentNetwork(layers.getFirst().inputSize(), layers), values);
        } catch (AdzeException e) {
            throw file.bad("its layers do not follow each other: " + e.getMessage() + "; give it as ONNX");
        }
    }

    private int size(KerasLayers.Part part) {
        if (layers.isEmpty()) {
            throw file.bad("its layer " + part.name() + " comes before every recurrent one; give it as ONNX");
        }
        return layers.getLast().outputSize();
    }

    private void bidirectional(KerasLayers.Part part) {
        JsonNode config = part.config();
        if (config != null) {
            require(part, text(config, "merge_mode").equals("concat"), "merges its directions otherwise than by concat");
            require(part, config.path("layer").path("config").path("return_sequences").asBoolean(false),
                    "has return_sequences=False: its backward half belongs to the first step");
        }
        layers.add(new Bidirectional(direction(part, "forward_layer", "layer", false),
                direction(part, "backward_layer", "backward_layer", true)));
    }

    private RecurrentLayer direction(KerasLayers.Part part, String group, String field, boolean backwards) {
        JsonNode own = part.config() == null ? null : part.config().path(field);
        if (!(part.group().getChild(group) instanceof Group weights)) {
            throw file.bad("its layer " + part.name() + " has no " + group);
        }
        String prefix = backwards ? "backward." : "forward.";
        String kind = own == null ? "" : text(own, "class_name").toLowerCase(java.util.Locale.ROOT);
        return recurrent(kind, part.name(), weights, own == null ? null : own.path("config"), prefix, backwards);
    }

    /** @param kind {@code lstm} or {@code gru}; "" where the shapes tell */
    private RecurrentLayer recurrent(String kind, String name, Group group, JsonNode config, String prefix, boolean backwards) {
        KerasFile.Values kernel = need(name, group, "cell/vars/0");
        KerasFile.Values state = need(name, group, "cell/vars/1");
        int inputs = kernel.shape()[0];
        int hidden = state.shape()[0];
        int gates = hidden == 0 ? 0 : state.shape()[1] / hidden;
        if (gates != 3 && gates != 4 || !kind.isEmpty() && gates != (kind.equals("lstm") ? 4 : 3)
                || state.shape()[1] != gates * hidden || kernel.shape()[1] != gates * hidden) {
            throw file.bad("its layer " + name + " has matrices " + Arrays.toString(kernel.shape()) + " and "
                    + Arrays.toString(state.shape()) + ", which are of no LSTM (4 gates) or GRU (3 gates)");
        }
        if (config != null) {
            requireOurs(name, config, gates == 3, backwards);
        }
        String at = RecurrentNetwork.tensorName(layers.size(), prefix);
        float[] weightIh = transposed(kernel);
        float[] weightHh = transposed(state);
        float[] bias = bias(name, group, gates * hidden, gates == 3 ? 2 : 1);
        if (gates == 4) {
            values.put(at + "weight_ih", weightIh);
            values.put(at + "weight_hh", weightHh);
            values.put(at + "bias", bias);
            return new Lstm(inputs, hidden);
        }
        float[] own = Arrays.copyOf(bias, 3 * hidden);
        for (int i = 0; i < 2 * hidden; i++) {
            own[i] += bias[3 * hidden + i]; // z and r add both; between those of h stands the reset gate
        }
        values.put(at + "weight_ih", resetFirst(weightIh, hidden * inputs));
        values.put(at + "weight_hh", resetFirst(weightHh, hidden * hidden));
        values.put(at + "bias", resetFirst(own, hidden));
        values.put(at + "bias_hn", Arrays.copyOfRange(bias, 5 * hidden, 6 * hidden));
        return new Gru(inputs, hidden);
    }

    private void requireOurs(String name, JsonNode config, boolean gru, boolean backwards) {
        String why = !text(config, "activation").equals("tanh") ? "an activation other than tanh"
                : !text(config, "recurrent_activation").equals("sigmoid") ? "a recurrent_activation other than sigmoid"
                : config.path("go_backwards").asBoolean(false) != backwards ? "go_backwards=" + !backwards
                : gru && !config.path("reset_after").asBoolean(true) ? "reset_after=False" : null;
        if (why != null) {
            throw file.bad("its layer " + name + " has " + why + "; give it as ONNX");
        }
    }

    private void dense(KerasLayers.Part part, boolean last) {
        KerasFile.Values kernel = need(part.name(), part.group(), "vars/0");
        int inputs = kernel.shape()[0];
        int outputs = kernel.shape()[1];
        Dense.Activation activation = part.config() == null
                ? last || between == null ? Dense.Activation.IDENTITY : between : activation(part);
        values.put(RecurrentNetwork.tensorName(layers.size(), "weight"), transposed(kernel));
        float[] bias = biasOrZeros(part.name(), part.group(), "vars/1", outputs);
        values.put(RecurrentNetwork.tensorName(layers.size(), "bias"), bias);
        layers.add(new Dense(inputs, outputs, activation));
    }

    private Dense.Activation activation(KerasLayers.Part part) {
        return switch (text(part.config(), "activation")) {
            case "linear" -> Dense.Activation.IDENTITY;
            case "relu" -> Dense.Activation.RELU;
            case "tanh" -> Dense.Activation.TANH;
            case "softmax" -> throw file.bad("its layer " + part.name() + " ends in softmax, and a teacher of classes gives logits here;"
                    + " set that layer's activation to linear before saving, or give it as ONNX with outputs: probabilities");
            default -> throw file.bad("its layer " + part.name() + " has the activation " + part.config().path("activation")
                    + "; linear, relu and tanh are read; give it as ONNX");
        };
    }

    private void require(KerasLayers.Part part, boolean condition, String otherwise) {
        if (!condition) {
            throw file.bad("its layer " + part.name() + " " + otherwise + "; give it as ONNX");
        }
    }

    private KerasFile.Values need(String name, Group group, String path) {
        KerasFile.Values found = file.values(group, path);
        if (found == null || found.shape().length != 2) {
            throw file.bad("its layer " + name + " has no matrix " + path);
        }
        return found;
    }

    /** An LSTM's {@code [gates]}; a GRU's {@code [2, gates]}, row by row. */
    private float[] bias(String name, Group group, int length, int rows) {
        return biasOrZeros(name, group, "cell/vars/2", rows * length);
    }

    private float[] biasOrZeros(String name, Group group, String path, int length) {
        KerasFile.Values found = file.values(group, path);
        if (found != null && found.values().length != length) {
            throw file.bad("its layer " + name + " has a bias " + Arrays.toString(found.shape()) + " instead of " + length
                    + " values" + (length == 2 * found.values().length ? " (a GRU with reset_after=False)" : "") + "; give it as ONNX");
        }
        return found == null ? new float[length] : found.values();
    }

    private static float[] transposed(KerasFile.Values matrix) {
        int rows = matrix.shape()[0];
        int columns = matrix.shape()[1];
        float[] result = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = matrix.values()[i * columns + j];
            }
        }
        return result;
    }

    /** Blocks z, r, h of {@code length} values as r, z, h. */
    private static float[] resetFirst(float[] blocks, int length) {
        float[] result = blocks.clone();
        System.arraycopy(blocks, length, result, 0, length);
        System.arraycopy(blocks, 0, result, length, length);
        return result;
    }
}
