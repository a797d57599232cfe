package dev.adze.compress.teacher;

import dev.adze.compress.export.OnnxWriter;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.Safetensors;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.Weights;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The tensors of a PyTorch {@code state_dict} in a safetensors file: modules {@code torch.nn.LSTM} or {@code torch.nn.GRU}
 * (stacked, bidirectional, with or without biases, an LSTM with or without {@code proj_size}), then {@code torch.nn.Linear}; modules in the natural order of their
 * names. PyTorch's two biases are summed where they are always added.
 *
 * @param manifest of a file that {@code adze export} wrote
 */
public record StateDict(Weights weights, Optional<Manifest> manifest) {
    private static final Pattern RECURRENT = Pattern.compile("(.*?)(weight|bias)_(ih|hh|hr)_l(\\d+)(_reverse)?");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    /** {@code head.2} before {@code head.10}. */
    static final Comparator<String> NATURAL = Comparator.comparing(name ->
            NUMBER.matcher(name).replaceAll(number -> "0".repeat(Math.max(0, 9 - number.group().length())) + number.group()));

    /**
     * @param activation between dense layers, {@code null} for none; a file of ours tells its own
     * @throws AdzeException NOT_FOUND, or BAD_BUNDLE for tensors that are not such a network's
     */
    public static StateDict read(Path path, Dense.Activation activation) {
        try (Arena arena = Arena.ofConfined()) {
            Safetensors file = Safetensors.read(path, arena);
            var builder = new Builder(path.getFileName().toString(), file.tensors(), activation);
            Optional<Manifest> manifest = Optional.ofNullable(file.metadata().get(OnnxWriter.MANIFEST_KEY)).map(Manifest::fromJson);
            RecurrentNetwork network = manifest.isPresent() ? manifest.get().network() : builder.network();
            return new StateDict(new Weights(network, builder.values), manifest);
        }
    }

    private static final class Builder {
        private final String file;
        private final Map<String, Tensor> tensors;
        private final List<Layer> layers = new ArrayList<>();
        private final Map<String, float[]> values = new LinkedHashMap<>();

        Builder(String file, Map<String, Tensor> tensors, Dense.Activation activation) {
            this.file = file;
            this.tensors = new TreeMap<>(NATURAL.thenComparing(Comparator.naturalOrder()));
            this.tensors.putAll(tensors);
            var deepest = new TreeMap<String, Integer>(NATURAL);
            var dense = new ArrayList<String>();
            for (String name : this.tensors.keySet()) {
                MatchResult part = RECURRENT.matcher(name).results().findFirst().orElse(null);
                int rank = this.tensors.get(name).shape().size();
                if (part != null && RECURRENT.matcher(name).matches()) {
                    deepest.merge(part.group(1), Integer.parseInt(part.group(4)), Math::max);
                } else if (name.endsWith(".weight") && rank == 2) {
                    dense.add(name.substring(0, name.length() - ".weight".length()));
                } else if (!name.endsWith(".bias") || rank != 1 || !tensors.containsKey(name.replaceAll("bias$", "weight"))) {
                    throw bad("its tensor " + name + " " + this.tensors.get(name).shape() + " is of no LSTM, GRU or Linear;"
                            + " give the model as ONNX");
                }
            }
            if (deepest.isEmpty()) {
                throw bad("it has no tensor like lstm.weight_ih_l0; save the state_dict of a module with torch.nn.LSTM or GRU");
            }
            deepest.forEach((prefix, last) -> {
                for (int k = 0; k <= last; k++) {
                    recurrent(prefix, k);
                }
            });
            for (int i = 0; i < dense.size(); i++) {
                dense(dense.get(i), i == dense.size() - 1 || activation == null ? Dense.Activation.IDENTITY : activation);
            }
        }

        RecurrentNetwork network() {
            try {
                return new RecurrentNetwork(layers.getFirst().inputSize(), layers);
            } catch (AdzeException e) {
                throw bad("its modules do not follow each other in the order of their names: " + e.getMessage()
                        + "; give the model as ONNX");
            }
        }

        private void recurrent(String prefix, int k) {
            RecurrentLayer forward = direction(prefix, "_l" + k);
            boolean both = tensors.containsKey(prefix + "weight_ih_l" + k + "_reverse");
            String at = RecurrentNetwork.tensorName(layers.size(), both ? "forward." : "");
            put(at, forward, prefix, "_l" + k);
            if (both) {
                RecurrentLayer backward = direction(prefix, "_l" + k + "_reverse");
                put(RecurrentNetwork.tensorName(layers.size(), "backward."), backward, prefix, "_l" + k + "_reverse");
                layers.add(new Bidirectional(forward, backward));
            } else {
                layers.add(forward);
            }
        }

        private RecurrentLayer direction(String prefix, String suffix) {
            Tensor in = need(prefix + "weight_ih" + suffix, 2);
            Tensor state = need(prefix + "weight_hh" + suffix, 2);
            if (tensors.containsKey(prefix + "weight_hr" + suffix)) {
                return projected(prefix, suffix, in, state);
            }
            int hidden = state.shape().get(1);
            int gates = hidden == 0 ? 0 : state.shape().get(0) / hidden;
            if (state.shape().get(0) != gates * hidden || !in.shape().get(0).equals(state.shape().get(0)) || gates != 3 && gates != 4) {
                throw bad("its tensors " + prefix + "weight_ih" + suffix + " " + in.shape() + " and weight_hh" + suffix + " "
                        + state.shape() + " are of no LSTM (4 gates) or GRU (3 gates)");
            }
            return gates == 4 ? new Lstm(in.shape().get(1), hidden) : new Gru(in.shape().get(1), hidden);
        }

        /** {@code weight_hr [proj_size, hidden_size]}. */
        private RecurrentLayer projected(String prefix, String suffix, Tensor in, Tensor state) {
            List<Integer> projection = need(prefix + "weight_hr" + suffix, 2).shape();
            int cells = projection.get(1);
            if (!state.shape().equals(List.of(4 * cells, projection.get(0))) || in.shape().get(0) != 4 * cells) {
                throw bad("its tensors " + prefix + "weight_ih" + suffix + " " + in.shape() + ", weight_hh" + suffix + " "
                        + state.shape() + " and weight_hr" + suffix + " " + projection + " are of no LSTM with a projection");
            }
            return new ProjectedLstm(in.shape().get(1), cells, projection.get(0));
        }

        private void put(String at, RecurrentLayer layer, String prefix, String suffix) {
            values.put(at + "weight_ih", need(prefix + "weight_ih" + suffix, 2).toFloats());
            values.put(at + "weight_hh", need(prefix + "weight_hh" + suffix, 2).toFloats());
            int hidden = layer.hiddenSize();
            int rows = switch (layer) {
                case Gru _ -> 3 * hidden;
                case ProjectedLstm lstm -> 4 * lstm.cellSize();
                case Lstm _, LstmVariant _, MinimalGate _ -> 4 * hidden; // the first of them: the others have no module
            };
            if (layer instanceof ProjectedLstm) {
                values.put(at + "weight_hr", need(prefix + "weight_hr" + suffix, 2).toFloats());
            }
            float[] own = bias(prefix + "bias_ih" + suffix, rows);
            float[] recurrent = bias(prefix + "bias_hh" + suffix, rows);
            int summed = layer instanceof Gru ? 2 * hidden : rows; // the reset gate stands between the two biases of n
            for (int i = 0; i < summed; i++) {
                own[i] += recurrent[i];
            }
            values.put(at + "bias", own);
            if (layer instanceof Gru) {
                values.put(at + "bias_hn", Arrays.copyOfRange(recurrent, 2 * hidden, 3 * hidden));
            }
        }

        private void dense(String name, Dense.Activation activation) {
            Tensor weight = need(name + ".weight", 2);
            values.put(RecurrentNetwork.tensorName(layers.size(), "weight"), weight.toFloats());
            values.put(RecurrentNetwork.tensorName(layers.size(), "bias"), bias(name + ".bias", weight.shape().get(0)));
            layers.add(new Dense(weight.shape().get(1), weight.shape().get(0), activation));
        }

        /** Zeros for a module without biases. */
        private float[] bias(String name, int length) {
            Tensor tensor = tensors.get(name);
            if (tensor != null && tensor.elementCount() != length) {
                throw bad("its tensor " + name + " is " + tensor.shape() + " instead of [" + length + "]");
            }
            return tensor == null ? new float[length] : tensor.toFloats();
        }

        private Tensor need(String name, int rank) {
            Tensor tensor = tensors.get(name);
            if (tensor == null || tensor.shape().size() != rank) {
                throw bad("its tensor " + name + (tensor == null ? " is missing" : " is " + tensor.shape()));
            }
            return tensor;
        }

        private AdzeException bad(String message) {
            return new AdzeException(AdzeException.Kind.BAD_BUNDLE, "teacher " + file + " is no state_dict that can be read: " + message);
        }
    }
}
