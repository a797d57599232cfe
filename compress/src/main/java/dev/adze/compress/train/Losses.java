package dev.adze.compress.train;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Losses over {@code [batch, steps, outputs]} in which NaN targets do not count. All return a scalar mean. */
public final class Losses {
    private Losses() {}

    /** Steps from {@code fromStep} on, with gradients flowing through. */
    public static Tensor countedSteps(Tensor values, int fromStep) {
        return values.narrow(1, fromStep, values.size(1) - fromStep);
    }

    /** The loss that a recipe names, against the task's own targets. */
    public static Tensor task(TrainSpec spec, Tensor outputs, Tensor targets) {
        return switch (spec.loss()) {
            case MSE -> squareError(outputs, targets);
            case HUBER -> huber(outputs, targets, spec.huberDelta());
            case QUANTILE -> quantile(outputs, targets, spec.quantile());
            case CROSS_ENTROPY -> focal(outputs, targets, 0, spec.classWeights());
            case FOCAL -> focal(outputs, targets, spec.focalGamma(), spec.classWeights());
        };
    }

    public static Tensor squareError(Tensor outputs, Tensor targets) {
        return meanWhereValid(outputs.sub(torch.nan_to_num(targets)).square(), targets);
    }

    /** Huber's loss (Huber 1964). */
    public static Tensor huber(Tensor outputs, Tensor targets, double delta) {
        return meanWhereValid(huber(outputs.sub(torch.nan_to_num(targets)), delta), targets);
    }

    /** The pinball loss, least where the output is the {@code q} quantile of the target (Koenker and Bassett 1978). */
    public static Tensor quantile(Tensor outputs, Tensor targets, double q) {
        Tensor missing = torch.nan_to_num(targets).sub(outputs);
        return meanWhereValid(torch.maximum(missing.mul(new Scalar(q)), missing.mul(new Scalar(q - 1))), targets);
    }

    private static Tensor meanWhereValid(Tensor each, Tensor targets) {
        Tensor weight = torch.isnan(targets).logical_not().to(torch.ScalarType.Float);
        return each.mul(weight).sum().div(weight.sum().clamp_min(new Scalar(1.0)));
    }

    private static Tensor huber(Tensor error, double delta) {
        Tensor size = error.abs();
        Tensor square = size.clamp_max(new Scalar(delta));
        return square.square().mul(new Scalar(0.5)).add(size.sub(square).mul(new Scalar(delta)));
    }

    /** Cross-entropy of logits against class numbers; see {@link #focal}. */
    public static Tensor crossEntropy(Tensor logits, Tensor targets) {
        return focal(logits, targets, 0, List.of());
    }

    /**
     * Focal loss: {@code -w (1 - p)^gamma log p} with {@code p} the probability given to the true class and {@code w} its
     * weight, divided by the sum of the weights (Lin et al. 2017; the cross-entropy for gamma 0).
     *
     * @param logits  {@code [batch, steps, classes]}
     * @param targets {@code [batch, steps, 1]} class numbers as floats, NaN where there is none
     * @param weights a factor a class; empty for all 1
     */
    public static Tensor focal(Tensor logits, Tensor targets, double gamma, List<Double> weights) {
        Tensor classes = targets.select(2, 0);
        Tensor weight = torch.isnan(classes).logical_not().to(torch.ScalarType.Float);
        Tensor index = torch.nan_to_num(classes).to(torch.ScalarType.Long);
        if (!weights.isEmpty()) {
            float[] factors = new float[weights.size()];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = weights.get(i).floatValue();
            }
            Tensor table = torch.from_blob(new FloatPointer(factors), factors.length).clone();
            weight = weight.mul(table.index_select(0, index.flatten()).view_as(index));
        }
        Tensor logProbability = torch.log_softmax(logits, 2).gather(2, index.unsqueeze(2)).squeeze(2);
        Tensor each = logProbability.neg();
        if (gamma > 0) {
            Tensor doubt = logProbability.exp().neg().add(new Scalar(1)).clamp_min(new Scalar(0));
            each = each.mul(doubt.pow(new Scalar(gamma)));
        }
        return each.mul(weight).sum().div(weight.sum().clamp_min(new Scalar(1e-12)));
    }

    /**
     * Soft targets (Hinton et al. 2015): T^2 * KL(softmax(teacher / T) || softmax(student / T)), mean over batch and
     * steps. The factor T^2 keeps the gradient's size independent of T.
     */
    public static Tensor softTargets(Tensor studentLogits, Tensor teacherLogits, double temperature) {
        Scalar t = new Scalar(temperature);
        Tensor teacherLog = torch.log_softmax(teacherLogits.div(t), 2);
        Tensor studentLog = torch.log_softmax(studentLogits.div(t), 2);
        Tensor divergence = teacherLog.exp().mul(teacherLog.sub(studentLog)).sum(2);
        return divergence.mean().mul(new Scalar(temperature * temperature));
    }
}
