package dev.adze.compress.bench;

import dev.adze.compress.train.Torch;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** LibTorch's nn::LSTM in inference mode: neighbouring layers of one size as one module, as its users write it. */
record TorchEngine() implements Engine {
    @Override
    public String name() {
        return "LibTorch";
    }

    @Override
    public String id() {
        return "libtorch";
    }

    @Override
    public boolean ours() {
        return false;
    }

    @Override
    public Precision precision() {
        return Precision.FP32;
    }

    @Override
    public int maxThreads() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Contender open(Workload workload, Mode mode, int threads) {
        Torch.start(threads);
        return new Loaded(workload.weights(), mode, mode == Mode.STEP ? 1 : workload.windowSteps(), threads);
    }

    private sealed interface Stage {
        Module module();
    }

    private record Recurrent(LSTMImpl module, Tensor hidden, Tensor cell) implements Stage {}

    private record Head(LinearImpl module, Dense.Activation activation) implements Stage {}

    private static final class Loaded implements Contender {
        private final Mode mode;
        private final int threads;
        private final List<Stage> stages = new ArrayList<>();
        private final FloatPointer features;
        private final Tensor input;

        Loaded(Weights weights, Mode mode, int steps, int threads) {
            this.mode = mode;
            this.threads = threads;
            RecurrentNetwork network = weights.network();
            features = new FloatPointer((long) steps * network.inputSize());
            try (var _ = new InferenceMode()) {
                input = torch.from_blob(features, steps, 1, network.inputSize());
                for (int i = 0; i < network.layers().size();) {
                    i += switch (network.layers().get(i)) {
                        case Lstm lstm -> addLstms(weights, i, lstm);
                        case Dense dense -> addHead(weights, i, dense);
                        case Layer other -> throw other.refusedBy("adze bench");
                    };
                }
            }
        }

        /** @return how many layers went into the module */
        private int addLstms(Weights weights, int first, Lstm layer) {
            List<Layer> layers = weights.network().layers();
            int count = 1;
            while (first + count < layers.size() && layers.get(first + count) instanceof Lstm(int in, int hidden, int _)
                    && in == layer.hiddenSize() && hidden == layer.hiddenSize()) {
                count++;
            }
            var options = new LSTMOptions(layer.inputSize(), layer.hiddenSize());
            options.num_layers().put(count);
            var module = new LSTMImpl(options);
            try (PointerScope _ = new PointerScope()) {
                var parameters = module.named_parameters(true);
                for (int k = 0; k < count; k++) {
                    copy(weights.get(first + k, "weight_ih"), parameters.get("weight_ih_l" + k));
                    copy(weights.get(first + k, "weight_hh"), parameters.get("weight_hh_l" + k));
                    copy(weights.get(first + k, "bias"), parameters.get("bias_ih_l" + k));
                    parameters.get("bias_hh_l" + k).zero_();
                }
            }
            Tensor hidden = torch.zeros(count, 1, layer.hiddenSize());
            Tensor cell = torch.zeros(count, 1, layer.hiddenSize());
            stages.add(new Recurrent(module, hidden, cell));
            return count;
        }

        private int addHead(Weights weights, int index, Dense layer) {
            var module = new LinearImpl(new LinearOptions(layer.inputSize(), layer.outputSize()));
            copy(weights.get(index, "weight"), module.weight());
            copy(weights.get(index, "bias"), module.bias());
            stages.add(new Head(module, layer.activation()));
            return 1;
        }

        private static void copy(float[] values, Tensor to) {
            try (PointerScope _ = new PointerScope()) {
                to.copy_(torch.from_blob(new FloatPointer(values), values.length).view_as(to));
            }
        }

        @Override
        public String version() {
            String version = torch.class.getPackage().getImplementationVersion();
            return version == null ? "" : version + " (JavaCPP preset)";
        }

        @Override
        public void prepare() {
            torch.set_num_threads(threads);
        }

        @Override
        public void reset() {
            try (PointerScope _ = new PointerScope(); var _ = new InferenceMode()) {
                for (Stage stage : stages) {
                    if (stage instanceof Recurrent recurrent) {
                        recurrent.hidden().zero_();
                        recurrent.cell().zero_();
                    }
                }
            }
        }

        @Override
        public void call(float[] values, float[] output) {
            try (PointerScope _ = new PointerScope(); var _ = new InferenceMode()) {
                features.put(values);
                Tensor x = input;
                for (int i = 0; i < stages.size(); i++) {
                    x = switch (stages.get(i)) {
                        case Recurrent recurrent -> run(recurrent, x);
                        case Head head -> run(head, i > 0 && stages.get(i - 1) instanceof Recurrent
                                && headsFrom(i) ? x.select(0, -1) : x);
                    };
                }
                // Of a window only the last step counts; a network without a head at its end still has all steps here.
                x.reshape(-1, output.length).select(0, -1).contiguous().data_ptr_float().get(output);
            }
        }

        /** Whether nothing from this stage on looks at earlier steps: then only the last step goes on. */
        private boolean headsFrom(int stage) {
            return stages.subList(stage, stages.size()).stream().allMatch(Head.class::isInstance);
        }

        private Tensor run(Recurrent stage, Tensor x) {
            return switch (mode) {
                case STEP -> {
                    // A new pair a call: the callee takes it over.
                    var result = stage.module().forward(x, new T_TensorTensor_T(stage.hidden(), stage.cell()));
                    stage.hidden().copy_(result.get1().get0());
                    stage.cell().copy_(result.get1().get1());
                    yield result.get0();
                }
                case WINDOW -> stage.module().forward(x).get0();
            };
        }

        private static Tensor run(Head head, Tensor x) {
            Tensor y = head.module().forward(x);
            return switch (head.activation()) {
                case IDENTITY -> y;
                case RELU -> torch.relu(y);
                case TANH -> torch.tanh(y);
                case GELU -> torch.gelu(y, "tanh");
            };
        }

        @Override
        public void close() {
            for (Stage stage : stages) {
                stage.module().close();
                if (stage instanceof Recurrent recurrent) {
                    recurrent.hidden().close();
                    recurrent.cell().close();
                }
            }
            input.close();
            features.close();
        }
    }
}
