package dev.adze.compress.train;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Gradient norms of every tensor, gate by gate: where a recurrent network stops learning, it does so in one of them. */
public final class GateNorms {
    private GateNorms() {}

    /**
     * @param name  {@code layer 0 weight_hh forget}
     * @param value Euclidean norm of the gradient of the loss
     */
    public record Norm(String name, double value) {}

    /** Of the gradients as they stand; tensors that have none yet are left out. */
    static List<Norm> ofGradients(TorchNetwork network) {
        var norms = new ArrayList<Norm>();
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            for (GateParts part : GateParts.of(network)) {
                Tensor gradient = part.tensor().grad();
                if (!gradient.defined()) {
                    continue;
                }
                float[] squares = TorchNetwork.toArray(gradient.reshape(part.names().size(), -1).square().sum(1));
                for (int gate = 0; gate < squares.length; gate++) {
                    norms.add(new Norm(part.names().get(gate), Math.sqrt(squares[gate])));
                }
            }
        }
        return norms;
    }
}
