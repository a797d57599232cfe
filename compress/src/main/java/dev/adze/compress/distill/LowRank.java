package dev.adze.compress.distill;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Stacked LSTMs with all that reads a layer's hidden values in low rank: the recurrent matrix and the next layer's input matrix,
 * one above the other, become U V with one V for both (Prabhavalkar et al. 2016), the first singular values' best such product.
 * V is then the projection of a {@link ProjectedLstm}, whose hidden values are V h.
 */
public final class LowRank {
    private LowRank() {}

    /** @param share of a layer's units that its rank is, in (0, 1); at least 1 and below the units */
    public static Weights factorise(Weights weights, double share) {
        RecurrentNetwork network = shape(weights.network(), share);
        var tensors = new LinkedHashMap<>(weights.tensors());
        for (int i = 0; i < network.layers().size(); i++) {
            if (network.layers().get(i) instanceof ProjectedLstm layer) {
                String next = name(i + 1, network.layers().get(i + 1) instanceof Dense ? "weight" : "weight_ih");
                float[] recurrent = tensors.get(name(i, "weight_hh"));
                float[] reader = tensors.get(next);
                Factors factors = factors(recurrent, reader, layer.cellSize(), layer.hiddenSize());
                tensors.put(name(i, "weight_hh"), factors.recurrent());
                tensors.put(next, factors.reader());
                tensors.put(name(i, "weight_hr"), factors.projection());
            }
        }
        return new Weights(network, tensors);
    }

    /** The shape that is left. */
    public static RecurrentNetwork shape(RecurrentNetwork from, double share) {
        List<Layer> layers = new ArrayList<>();
        int size = from.inputSize();
        for (Layer layer : from.layers()) {
            switch (layer) {
                case Lstm lstm when lstm.hiddenSize() > 1 -> layers.add(new ProjectedLstm(size, lstm.hiddenSize(), rank(lstm, share)));
                case Lstm lstm -> layers.add(new Lstm(size, lstm.hiddenSize(), lstm.hold()));
                case Dense dense -> layers.add(new Dense(size, dense.outputSize(), dense.activation()));
                default -> throw layer.refusedBy("low-rank factorisation");
            }
            size = layers.getLast().outputSize();
        }
        return new RecurrentNetwork(from.inputSize(), layers);
    }

    private static int rank(Lstm lstm, double share) {
        return Math.clamp(Math.round(share * lstm.hiddenSize()), 1, lstm.hiddenSize() - 1);
    }

    /** {@code recurrent [4*units, rank]}, {@code reader [rows, rank]}, {@code projection [rank, units]}, row-major. */
    private record Factors(float[] recurrent, float[] reader, float[] projection) {}

    private static Factors factors(float[] recurrent, float[] reader, int units, int rank) {
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            Tensor a = matrix(recurrent, units);
            Tensor b = matrix(reader, units);
            // Right singular vectors are eigenvectors of the Gram matrix, which is small; eigenvalues come in ascending order.
            Tensor gram = torch.matmul(a.t(), a).add(torch.matmul(b.t(), b));
            Tensor vectors = torch.linalg_eigh(gram).get1().narrow(1, units - rank, rank);
            return new Factors(floats(torch.matmul(a, vectors)), floats(torch.matmul(b, vectors)), floats(vectors.t()));
        }
    }

    private static Tensor matrix(float[] values, int columns) {
        return torch.from_blob(new FloatPointer(values), values.length / columns, columns).to(ScalarType.Double);
    }

    private static float[] floats(Tensor tensor) {
        Tensor plain = tensor.to(ScalarType.Float).contiguous();
        float[] values = new float[(int) plain.numel()];
        plain.data_ptr_float().get(values);
        return values;
    }

    private static String name(int layer, String tensor) {
        return RecurrentNetwork.tensorName(layer, tensor);
    }
}
