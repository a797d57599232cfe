package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.backend.tensorrt.EngineGraph.Port;
import dev.adze.runtime.backend.tensorrt.Op.ElementType;
import dev.adze.runtime.backend.tensorrt.Op.Function;
import dev.adze.runtime.backend.tensorrt.Op.LoopResult;
import dev.adze.runtime.backend.tensorrt.Op.Recurrence;
import dev.adze.runtime.backend.tensorrt.Op.StepSlice;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes a network as an {@link EngineGraph}. The products of a layer with its inputs are one product over all steps, so
 * that a step has only the product with the hidden values before it.
 */
final class NetworkGraph {
    private final RecurrentNetwork network;
    private final EngineForm form;
    private final int steps;
    private final GraphOps ops;
    private final GraphWeights weights;
    private final List<Port> inputs = new ArrayList<>();
    private final List<Port> outputs = new ArrayList<>();
    private final List<Port> states = new ArrayList<>();
    private int recurrent;

    private NetworkGraph(NetworkTensors tensors, EngineForm form, int steps, EnginePrecision precision) {
        network = tensors.network();
        this.form = form;
        this.steps = steps;
        ops = new GraphOps(precision == EnginePrecision.FP16 ? ElementType.FP16 : ElementType.FP32);
        weights = new GraphWeights(ops, tensors, precision);
    }

    /** Why a network cannot be written, in one clause. */
    static Optional<String> obstacle(RecurrentNetwork network) {
        if (network.lastRecurrent() < 0) {
            return Optional.of("the network has no lstm or gru layer");
        }
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i) instanceof Residual residual ? residual.layer() : network.layers().get(i);
            boolean known = switch (layer) {
                case Lstm lstm -> lstm.hold() == 0;
                case Gru _, Dense _ -> true;
                case Layer _ -> false;
            };
            if (!known) {
                return Optional.of("it takes lstm layers without hold, gru, residual and dense layers; layer " + i + " is "
                        + layer.kind());
            }
        }
        return Optional.empty();
    }

    /** @param steps of a call; 1 for {@link EngineForm#CELL} */
    static EngineGraph of(NetworkTensors tensors, EngineForm form, int steps, EnginePrecision precision) {
        obstacle(tensors.network()).ifPresent(reason -> {
            throw new IllegalArgumentException(reason);
        });
        if (steps < 1 || form == EngineForm.CELL && steps != 1) {
            throw new IllegalArgumentException(form + " of " + steps + " steps");
        }
        return new NetworkGraph(tensors, form, steps, precision).write(form.name().toLowerCase(java.util.Locale.ROOT) + "-"
                + steps + "-" + precision.name().toLowerCase(java.util.Locale.ROOT));
    }

    private EngineGraph write(String name) {
        inputs.add(new Port(EngineGraph.FEATURES, steps, network.inputSize()));
        String value = ops.toComputing(EngineGraph.FEATURES);
        boolean bounded = false;
        int last = network.lastRecurrent();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            value = switch (layer) {
                case Dense dense -> dense(i, dense, value);
                case Residual residual -> {
                    String inner = recurrent(i, residual.layer(), value, bounded, i < last);
                    String around = i < last || steps == 1 ? value : ops.rows(value, steps - 1, 1, layer.inputSize());
                    yield ops.sum(around, inner);
                }
                default -> recurrent(i, layer, value, bounded, i < last);
            };
            bounded = layer.bounded();
        }
        outputs.addFirst(new Port(EngineGraph.SCALED, 1, network.outputSize()));
        ops.output(EngineGraph.SCALED, value);
        return new EngineGraph(name, inputs, outputs, states, ops.list());
    }

    private String dense(int index, Dense dense, String input) {
        String sum = ops.sum(ops.product(input, weights.plain(index, "weight")), weights.row(index, "bias"));
        return switch (dense.activation()) {
            case IDENTITY -> sum;
            case RELU -> ops.apply(Function.RELU, sum);
            case TANH -> ops.apply(Function.TANH, sum);
            case GELU -> gelu(sum);
        };
    }

    /** x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */
    private String gelu(String x) {
        String cubic = ops.constant(new float[] {0.035677407f}, 1, 1);
        String linear = ops.constant(new float[] {0.79788456f}, 1, 1);
        String half = ops.times(x, ops.constant(new float[] {0.5f}, 1, 1));
        String u = ops.times(x, ops.sum(ops.times(ops.times(x, x), cubic), linear));
        return ops.sum(ops.times(half, ops.apply(Function.TANH, u)), half);
    }

    /** @param all whether the hidden values of all steps are wanted, {@code [steps, hidden]}; else the last {@code [1, hidden]} */
    private String recurrent(int index, Layer layer, String input, boolean bounded, boolean all) {
        String products = ops.sum(weights.product(index, "weight_ih", input, bounded), weights.row(index, "bias"));
        Cell cell = switch (layer) {
            case Lstm lstm -> new LstmCell(index, lstm.hiddenSize());
            case Gru gru -> new GruCell(index, gru.hiddenSize());
            case Layer other -> throw new IllegalArgumentException(other.kind());
        };
        int number = recurrent++;
        List<String> names = cell.states().stream().map(s -> s + "." + number).toList();
        names.forEach(name -> states.add(new Port(name, 1, cell.hidden())));
        return switch (form) {
            case CELL, UNROLLED -> unrolled(cell, names, products, all);
            case LOOP -> loop(cell, names, products, all);
        };
    }

    private String unrolled(Cell cell, List<String> names, String products, boolean all) {
        List<String> state = List.of();
        if (form == EngineForm.CELL) {
            names.forEach(name -> inputs.add(new Port(name, 1, cell.hidden())));
            state = names.stream().map(ops::toComputing).toList();
        }
        var hidden = new ArrayList<String>();
        for (int t = 0; t < steps; t++) {
            String now = steps == 1 ? products : ops.rows(products, t, 1, cell.rows());
            state = cell.step(now, state);
            hidden.add(state.getFirst());
        }
        finish(cell, names, state);
        return all && steps > 1 ? ops.join(hidden) : hidden.getLast();
    }

    private String loop(Cell cell, List<String> names, String products, boolean all) {
        String each = ops.reshape(products, steps, 1, cell.rows());
        String zeros = ops.constant(new float[cell.hidden()], 1, cell.hidden());
        String loop = ops.name("loop");
        var slice = new StepSlice(loop + ".x", each);
        List<String> before = names.stream().map(name -> loop + "." + name).toList();
        List<Op> body = ops.inside(() -> cell.step(slice.name(), before));
        List<String> after = ops.lastOfInside();
        var recurrences = new ArrayList<Recurrence>();
        var results = new ArrayList<LoopResult>();
        for (int i = 0; i < names.size(); i++) {
            recurrences.add(new Recurrence(before.get(i), zeros, after.get(i)));
            results.add(new LoopResult(loop + "." + names.get(i) + ".last", before.get(i), true));
        }
        if (all) {
            results.add(new LoopResult(loop + ".all", after.getFirst(), false));
        }
        ops.add(new Op.Loop(loop, steps, List.of(slice), recurrences, body, results));
        finish(cell, names, results.subList(0, names.size()).stream().map(LoopResult::name).toList());
        return all ? ops.reshape(loop + ".all", steps, cell.hidden()) : results.getFirst().name();
    }

    private void finish(Cell cell, List<String> names, List<String> state) {
        for (int i = 0; i < names.size(); i++) {
            outputs.add(new Port(names.get(i) + EngineGraph.NEXT, 1, cell.hidden()));
            ops.output(names.get(i) + EngineGraph.NEXT, state.get(i));
        }
    }

    /** One step of a layer. */
    private sealed interface Cell {
        int hidden();

        /** Of the products: gates times hidden. */
        int rows();

        /** {@code h} first. */
        List<String> states();

        /**
         * @param products {@code [1, rows]} with inputs, bias added
         * @param state    before, or empty for zeros
         * @return the state after
         */
        List<String> step(String products, List<String> state);
    }

    private final class LstmCell implements Cell {
        private final int hidden;
        private final String recurrentWeights;

        LstmCell(int index, int hidden) {
            this.hidden = hidden;
            recurrentWeights = weights.matrix(index, "weight_hh", true);
        }

        @Override
        public int hidden() {
            return hidden;
        }

        @Override
        public int rows() {
            return 4 * hidden;
        }

        @Override
        public List<String> states() {
            return List.of("h", "c");
        }

        @Override
        public List<String> step(String products, List<String> state) {
            String z = state.isEmpty() ? products
                    : ops.sum(products, ops.product(weights.digits(state.getFirst()), recurrentWeights));
            String input = ops.apply(Function.SIGMOID, ops.columns(z, 0, hidden));
            String gate = ops.apply(Function.TANH, ops.columns(z, 2 * hidden, hidden));
            String output = ops.apply(Function.SIGMOID, ops.columns(z, 3 * hidden, hidden));
            String cell = ops.times(input, gate);
            if (!state.isEmpty()) {
                String forget = ops.apply(Function.SIGMOID, ops.columns(z, hidden, hidden));
                cell = ops.sum(ops.times(forget, state.get(1)), cell);
            }
            return List.of(ops.times(output, ops.apply(Function.TANH, cell)), cell);
        }
    }

    private final class GruCell implements Cell {
        private final int hidden;
        private final String recurrentWeights;
        private final String newBias;

        GruCell(int index, int hidden) {
            this.hidden = hidden;
            recurrentWeights = weights.matrix(index, "weight_hh", true);
            newBias = weights.row(index, "bias_hn");
        }

        @Override
        public int hidden() {
            return hidden;
        }

        @Override
        public int rows() {
            return 3 * hidden;
        }

        @Override
        public List<String> states() {
            return List.of("h");
        }

        /** With h' = n + z * (h - n), which is (1 - z) * n + z * h. */
        @Override
        public List<String> step(String products, List<String> state) {
            String x = ops.columns(products, 0, 2 * hidden);
            String candidate = ops.columns(products, 2 * hidden, hidden);
            String before = newBias;
            if (!state.isEmpty()) {
                String r = ops.product(weights.digits(state.getFirst()), recurrentWeights);
                x = ops.sum(x, ops.columns(r, 0, 2 * hidden));
                before = ops.sum(newBias, ops.columns(r, 2 * hidden, hidden));
            }
            String reset = ops.apply(Function.SIGMOID, ops.columns(x, 0, hidden));
            String keep = ops.apply(Function.SIGMOID, ops.columns(x, hidden, hidden));
            String fresh = ops.apply(Function.TANH, ops.sum(candidate, ops.times(reset, before)));
            return List.of(state.isEmpty() ? ops.minus(fresh, ops.times(keep, fresh))
                    : ops.sum(fresh, ops.times(keep, ops.minus(state.getFirst(), fresh))));
        }
    }
}
