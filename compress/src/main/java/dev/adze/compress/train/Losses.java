package dev.adze.compress.train;

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

    /** Mean square error (also against a teacher), or Huber's loss (Huber 1964) for {@code delta}. */
    public static Tensor regression(TrainSpec.Loss loss, double delta, Tensor outputs, Tensor targets) {
        Tensor valid = torch.isnan(targets).logical_not();
        Tensor filled = torch.nan_to_num(targets);
        Tensor error = outputs.sub(filled);
        Tensor each = loss == TrainSpec.Loss.HUBER ? huber(error, delta) : error.square();
        Tensor weight = valid.to(torch.ScalarType.Float);
        return each.mul(weight).sum().div(weight.sum().clamp_min(new Scalar(1.0)));
    }

    private static Tensor huber(Tensor error, double delta) {
        Tensor size = error.abs();
        Tensor square = size.clamp_max(new Scalar(delta));
        return square.square().mul(new Scalar(0.5)).add(size.sub(square).mul(new Scalar(delta)));
    }

    /**
     * Cross-entropy of logits against class numbers.
     *
     * @param logits  {@code [batch, steps, classes]}
     * @param targets {@code [batch, steps, 1]} class numbers as floats, NaN where there is none
     */
    public static Tensor crossEntropy(Tensor logits, Tensor targets) {
        Tensor classes = targets.select(2, 0);
        Tensor valid = torch.isnan(classes).logical_not().to(torch.ScalarType.Float);
        Tensor index = torch.nan_to_num(classes).to(torch.ScalarType.Long).unsqueeze(2);
        Tensor logProbability = torch.log_softmax(logits, 2).gather(2, index).squeeze(2);
        return logProbability.neg().mul(valid).sum().div(valid.sum().clamp_min(new Scalar(1.0)));
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
