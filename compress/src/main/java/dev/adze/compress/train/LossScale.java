package dev.adze.compress.train;

import dev.adze.runtime.AdzeException;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Dynamic loss scaling (Micikevicius et al. 2018): the loss is multiplied by a power of two before the backward pass, so that
 * small gradients do not vanish in half precision, and the gradients are divided by it after. Where one overflows, the step is
 * left out and the scale halved; after {@value #PATIENCE} steps without it is doubled.
 */
final class LossScale {
    static final float FIRST = 65_536;
    static final int PATIENCE = 2_000;
    /** Gradients that overflow below are not the scale's fault. */
    static final float LEAST = 1f / 1024;

    /** The scale, and how many steps went well since it changed: a checkpoint keeps them. */
    private final Tensor state;

    LossScale() {
        state = torch.from_blob(new FloatPointer(FIRST, 0f), 2).clone();
    }

    Tensor state() {
        return state;
    }

    float scale() {
        return TorchNetwork.toArray(state)[0];
    }

    /**
     * Divides the gradients by the scale, and sets the next one.
     *
     * @return whether all are finite; if not, the step must be left out
     * @throws AdzeException DIVERGED where they overflow whatever the scale
     */
    boolean unscale(List<Tensor> parameters) {
        try (NoGradGuard _ = new NoGradGuard(); PointerScope _ = new PointerScope()) {
            float[] now = TorchNetwork.toArray(state);
            boolean finite = true;
            for (Tensor parameter : parameters) {
                Tensor gradient = parameter.grad();
                if (gradient.defined()) {
                    gradient.mul_(new Scalar(1.0 / now[0]));
                    // A sum is finite only if every term is; gradients are far from the largest float.
                    finite &= Double.isFinite(gradient.sum().item_float());
                }
            }
            boolean doubled = finite && now[1] + 1 >= PATIENCE;
            float scale = finite ? doubled ? 2 * now[0] : now[0] : now[0] / 2;
            if (scale < LEAST) {
                throw new AdzeException(AdzeException.Kind.DIVERGED, "training diverged: gradients overflow half precision at any loss"
                        + " scale; take train.autocast: bf16, which has the range of single precision, or lower learningRate");
            }
            state.select(0, 0).fill_(new Scalar(scale));
            state.select(0, 1).fill_(new Scalar(finite && !doubled ? now[1] + 1 : 0.0));
            return finite;
        }
    }
}
