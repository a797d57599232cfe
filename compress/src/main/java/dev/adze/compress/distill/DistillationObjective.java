package dev.adze.compress.distill;

import dev.adze.compress.train.Losses;
import dev.adze.compress.train.Objective;
import dev.adze.compress.train.SupervisedObjective;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.TrainSpec;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * (1 - alpha) * task loss + alpha * teacher loss + hintWeight * hint loss. The teacher loss is a square
 * or Huber loss against the teacher's outputs for regression, soft targets for classification.
 */
public final class DistillationObjective implements Objective, AutoCloseable {
    private final DistillSpec spec;
    private final TrainSpec train;
    private final SupervisedObjective task;
    private final TeacherOutputs teacher;
    private final TeacherOutputs.Shape shape;
    private final LinearImpl projection;
    private final float[] outputs;
    private final float[] hidden;
    private final FloatPointer outputPointer;
    private final FloatPointer hiddenPointer;

    public DistillationObjective(DistillSpec spec, TrainSpec train, TeacherOutputs teacher, TeacherOutputs.Shape shape,
            int studentHidden) {
        this.spec = spec;
        this.train = train;
        this.teacher = teacher;
        this.shape = shape;
        task = new SupervisedObjective(train);
        projection = spec.hintWeight() > 0 ? new LinearImpl(new LinearOptions(studentHidden, shape.hidden())) : null;
        outputs = new float[train.batchSize() * teacher.outputFloats()];
        hidden = new float[train.batchSize() * teacher.hiddenFloats()];
        outputPointer = new FloatPointer(outputs.length);
        hiddenPointer = new FloatPointer(hidden.length);
    }

    @Override
    public Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count) {
        teacher.outputs(windows, count, outputs);
        outputPointer.put(outputs, 0, outputs.length);
        Tensor wanted = torch.from_blob(outputPointer, count, shape.countedSteps(), shape.outputs());
        Tensor given = Losses.countedSteps(forward.outputs(), train.lossFromStep());
        Tensor fromTeacher = switch (train.loss()) {
            case CROSS_ENTROPY, FOCAL -> Losses.softTargets(given, wanted, spec.temperature());
            case HUBER -> Losses.huber(given, wanted, train.huberDelta());
            // The teacher's output is a quantile already: the student is to meet it, not to stay below it.
            case MSE, QUANTILE -> Losses.squareError(given, wanted);
        };
        Tensor loss = fromTeacher.mul(new Scalar(spec.alpha()));
        if (spec.alpha() < 1) {
            loss = loss.add(task.loss(forward, targets, windows, count).mul(new Scalar(1 - spec.alpha())));
        }
        return projection == null ? loss : loss.add(hint(forward, windows, count).mul(new Scalar(spec.hintWeight())));
    }

    private Tensor hint(TorchNetwork.Forward forward, int[] windows, int count) {
        teacher.hidden(windows, count, hidden);
        hiddenPointer.put(hidden, 0, hidden.length);
        Tensor wanted = torch.from_blob(hiddenPointer, count, shape.hidden());
        Tensor states = forward.hidden().getLast();
        Tensor projected = projection.forward(states.select(1, states.size(1) - 1));
        return projected.sub(wanted).square().mean();
    }

    @Override
    public List<Tensor> parameters() {
        return projection == null ? List.of() : List.of(new Tensor(projection.weight()), new Tensor(projection.bias()));
    }

    @Override
    public void close() {
        outputPointer.close();
        hiddenPointer.close();
    }
}
