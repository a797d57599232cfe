package dev.adze.compress.train;

import dev.adze.compress.quantize.BlockPruner;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Objectives that make a network of plain LSTM layers and a dense head sparse while it learns what another objective asks. */
public final class Sparsity {
    /** By then the share is reached; what is left of the training heals, and only it is judged. */
    private static final double RAMP = 0.6;

    private Sparsity() {}

    /**
     * Whole hidden units on their way out (intrinsic structured sparsity, Wen et al. 2018): adds {@code weight} times the sum, over
     * layers and hidden units, of the L2 norm of all that belongs to a unit: its rows in the four gates of both matrices, and
     * the columns that read it in its own layer and in the next.
     */
    public static Objective groupLasso(Objective task, TorchNetwork network, double weight) {
        return new GroupLasso(task, network, weight);
    }

    /**
     * Blocks ({@link BlockPruner}) are zeroed before every step, those with the smallest norms as they then are; their share rises
     * as {@code share * (1 - (1 - t)^3)} (Zhu and Gupta 2017) until {@value #RAMP} of the training is done.
     */
    public static Objective blocks(Objective task, TorchNetwork network, double share) {
        return new Blocks(task, network, share);
    }

    /** Weights that are zero when the training begins stay so: a sparse network is tuned on without growing dense. */
    public static Objective keepingZeros(Objective task, TorchNetwork network, Weights start) {
        return new KeptZeros(task, network, start);
    }

    private record GroupLasso(Objective task, TorchNetwork network, double weight) implements Objective {
        @Override
        public Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count) {
            Tensor loss = task.loss(forward, targets, windows, count);
            List<Layer> layers = network.network().layers();
            for (int i = 0; i < layers.size(); i++) {
                if (layers.get(i) instanceof Lstm lstm) {
                    long units = lstm.hiddenSize();
                    Tensor squares = rows(tensor(i, "weight_ih"), units, lstm.inputSize())
                            .add(rows(tensor(i, "weight_hh"), units, units))
                            .add(columns(tensor(i, "weight_hh")));
                    if (i + 1 < layers.size()) {
                        squares = squares.add(columns(tensor(i + 1, layers.get(i + 1) instanceof Dense ? "weight" : "weight_ih")));
                    }
                    loss = loss.add(squares.add(new Scalar(1e-12)).sqrt().sum().mul(new Scalar(weight)));
                }
            }
            return loss;
        }

        private Tensor tensor(int layer, String name) {
            return network.byName().get(RecurrentNetwork.tensorName(layer, name));
        }

        private static Tensor rows(Tensor matrix, long units, long columns) {
            return matrix.view(4, units, columns).square().sum(new long[] {0, 2}, false, new org.bytedeco.pytorch.ScalarTypeOptional());
        }

        private static Tensor columns(Tensor matrix) {
            return matrix.square().sum(new long[] {0}, false, new org.bytedeco.pytorch.ScalarTypeOptional());
        }

        @Override
        public void progress(double done) {
            task.progress(done);
        }

        @Override
        public List<Tensor> parameters() {
            return task.parameters();
        }
    }

    private static final class Blocks implements Objective {
        private final Objective task;
        private final TorchNetwork network;
        private final double share;
        private double done;

        private Blocks(Objective task, TorchNetwork network, double share) {
            this.task = task;
            this.network = network;
            this.share = share;
        }

        /** What is pruned follows from the weights alone, so a training that was stopped goes on to the same bits. */
        @Override
        public void progress(double done) {
            this.done = done;
            double left = Math.max(0, 1 - done / RAMP);
            network.load(BlockPruner.prune(network.weights(), share * (1 - left * left * left)));
            task.progress(done);
        }

        @Override
        public boolean judged() {
            return done >= RAMP;
        }

        @Override
        public Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count) {
            return task.loss(forward, targets, windows, count);
        }

        @Override
        public List<Tensor> parameters() {
            return task.parameters();
        }
    }

    private record KeptZeros(Objective task, TorchNetwork network, Weights start) implements Objective {
        @Override
        public void progress(double done) {
            try (NoGradGuard _ = new NoGradGuard(); PointerScope _ = new PointerScope()) {
                network.byName().forEach((name, tensor) -> {
                    float[] values = start.tensors().get(name);
                    float[] mask = new float[values.length];
                    boolean zeros = false;
                    for (int i = 0; i < values.length; i++) {
                        mask[i] = values[i] == 0 ? 0 : 1;
                        zeros |= values[i] == 0;
                    }
                    if (zeros && !name.endsWith("bias")) {
                        tensor.mul_(torch.from_blob(new FloatPointer(mask), tensor.numel()).view_as(tensor));
                    }
                });
            }
            task.progress(done);
        }

        @Override
        public Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count) {
            return task.loss(forward, targets, windows, count);
        }

        @Override
        public List<Tensor> parameters() {
            return task.parameters();
        }
    }
}
